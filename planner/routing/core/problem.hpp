// The problem as the search reads it: flat arrays, times of one day in seconds, money in minor units.
#pragma once
#include <algorithm>
#include <cstdint>
#include <limits>
#include <new>
#include <vector>

#ifdef __linux__
#include <sys/mman.h>
#endif

namespace fairvisit {

using i32 = std::int32_t;
using i64 = std::int64_t;

constexpr i32 kNever = 1 << 30;    // later than any time of a problem (problem.py bounds them)
constexpr i64 kNoLimit = std::numeric_limits<i64>::max();

struct Arc {
    i32 duration, cost;
};

// Large tables in large pages where the system has them: arcs are read all over the table, and with
// small pages most reads first wait for the address.
template <class T>
struct LargePages {
    using value_type = T;
    static constexpr std::size_t page = std::size_t(1) << 21;

    LargePages() = default;
    template <class U>
    LargePages(const LargePages<U>&) {}

    T* allocate(std::size_t count) {
        const std::size_t bytes = count * sizeof(T);
        void* at = ::operator new(bytes, alignment(bytes));
#ifdef __linux__
        if (bytes >= page) madvise(at, bytes / page * page, MADV_HUGEPAGE);
#endif
        return static_cast<T*>(at);
    }
    void deallocate(T* at, std::size_t count) { ::operator delete(at, alignment(count * sizeof(T))); }
    static std::align_val_t alignment(std::size_t bytes) {
        return std::align_val_t(bytes >= page ? page : 64);
    }
    template <class U>
    bool operator==(const LargePages<U>&) const { return true; }
    template <class U>
    bool operator!=(const LargePages<U>&) const { return false; }
};

// Duration and cost side by side: one cache line serves both. `into` is the transpose, so that all
// arcs of one place lie in one row; a symmetric matrix needs no second copy.
struct Matrix {
    i32 places = 0;
    std::vector<Arc, LargePages<Arc>> out, in;

    const Arc* from(i32 place) const { return out.data() + i64(place) * places; }
    const Arc* into(i32 place) const {
        return (in.empty() ? out.data() : in.data()) + i64(place) * places;
    }
};

struct Window {
    i32 open, close;
};

// The windows of one visit on one day that pay the same; open and close are their hull.
struct Option {
    i32 open, close, first, count;
    i64 prize;
};

struct Break {
    i32 open, close, length;
};

struct Shift {
    i32 day, start, end, earliest, latest, matrix;
    i32 hard_end;                                  // latest, or without end where overtime is paid
    i64 max_duration, max_driving, fixed_cost, overtime_price, waiting_price;
    bool priced;                                   // time itself costs or is bounded: see Timing
    i64 hour_price, cost_percent;
    bool rated;                                    // either of them changes what an arc costs
    std::vector<Break> breaks;
    std::vector<i32> pinned, initial;
};

struct RawWindow {
    i32 visit, day, open, close;
    i64 prize;
};

struct Problem {
    i32 visits = 0, days = 0;
    i64 keep_reward = 0;
    std::vector<Matrix> matrices;
    std::vector<i32> place_at;                     // index in the tables of a place of the file
    std::vector<Shift> shifts;
    std::vector<i32> location, service, group;     // group: -1 = none
    std::vector<char> mandatory, pinned, allowed;  // allowed: visits x shifts
    std::vector<i32> home;                         // shift of the warm start, -1 = none
    std::vector<std::vector<i32>> members;         // visits of each group
    std::vector<i64> prize;                        // the best any window pays
    std::vector<Option> options;
    std::vector<Window> windows;
    std::vector<i32> option_from;                  // options of (visit, day): slice at visit*days+day

    i32 option_begin(i32 visit, i32 day) const { return option_from[i64(visit) * days + day]; }
    i32 option_end(i32 visit, i32 day) const { return option_from[i64(visit) * days + day + 1]; }
    bool may(i32 visit, i32 shift) const { return allowed[i64(visit) * shifts.size() + shift] != 0; }
    const Matrix& matrix(const Shift& shift) const { return matrices[shift.matrix]; }

    // What an arc costs this shift; rounded arc by arc, so that differences stay exact.
    static Arc rated(const Shift& shift, Arc arc) {
        if (!shift.rated) return arc;
        const i64 cost = (arc.cost * shift.cost_percent + 50) / 100 +
                         (arc.duration * shift.hour_price + 1800) / 3600;
        return {arc.duration, i32(cost)};
    }

    // Earliest start of a visit not before `time` within the option's windows; kNever if none.
    i32 first_start(const Option& option, i32 time) const {
        if (option.count == 1)
            return time > option.close ? kNever : std::max(time, option.open);
        for (i32 w = option.first; w < option.first + option.count; ++w)
            if (time <= windows[w].close) return std::max(time, windows[w].open);
        return kNever;
    }

    // Latest start not after `time`; -kNever if none.
    i32 last_start(const Option& option, i32 time) const {
        if (option.count == 1)
            return time < option.open ? -kNever : std::min(time, option.close);
        for (i32 w = option.first + option.count - 1; w >= option.first; --w)
            if (time >= windows[w].open) return std::min(time, windows[w].close);
        return -kNever;
    }

    // `raw` sorted by (visit, day). Overlapping windows of different prizes are cut so that each
    // moment pays the highest; equal prizes form one option with several windows.
    void set_windows(const std::vector<RawWindow>& raw) {
        option_from.assign(i64(visits) * days + 1, 0);
        std::vector<i32> cuts;
        std::vector<std::pair<i64, Window>> pieces;
        std::size_t at = 0;
        for (i64 slot = 0; slot < i64(visits) * days; ++slot) {
            const std::size_t begin = at;
            while (at < raw.size() && i64(raw[at].visit) * days + raw[at].day == slot) ++at;
            cuts.clear();
            pieces.clear();
            for (std::size_t w = begin; w < at; ++w) {
                cuts.push_back(raw[w].open);
                cuts.push_back(raw[w].close + 1);
            }
            std::sort(cuts.begin(), cuts.end());
            cuts.erase(std::unique(cuts.begin(), cuts.end()), cuts.end());
            for (std::size_t c = 0; c + 1 < cuts.size(); ++c) {
                bool covered = false;
                i64 pays = 0;
                for (std::size_t w = begin; w < at; ++w)
                    if (raw[w].open <= cuts[c] && cuts[c] <= raw[w].close) {
                        pays = covered ? std::max(pays, raw[w].prize) : raw[w].prize;
                        covered = true;
                    }
                if (!covered) continue;
                if (!pieces.empty() && pieces.back().first == pays &&
                    pieces.back().second.close + 1 == cuts[c])
                    pieces.back().second.close = cuts[c + 1] - 1;
                else
                    pieces.push_back({pays, {cuts[c], cuts[c + 1] - 1}});
            }
            std::stable_sort(pieces.begin(), pieces.end(),
                             [](const auto& a, const auto& b) { return a.first > b.first; });
            for (std::size_t p = 0; p < pieces.size(); ++p) {
                const Window window = pieces[p].second;
                if (p == 0 || pieces[p].first != pieces[p - 1].first)
                    options.push_back({window.open, window.close, i32(windows.size()), 0,
                                       pieces[p].first});
                options.back().close = window.close;
                ++options.back().count;
                windows.push_back(window);
            }
            option_from[slot + 1] = i32(options.size());
        }
    }
};

// xoshiro256++ (Blackman and Vigna, public domain), seeded by splitmix64: the same on every machine.
class Random {
public:
    explicit Random(std::uint64_t seed) {
        for (auto& word : state_) {
            seed += 0x9E3779B97F4A7C15ULL;
            std::uint64_t z = seed;
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
            word = z ^ (z >> 31);
        }
    }
    std::uint64_t next() {
        const std::uint64_t result = turn(state_[0] + state_[3], 23) + state_[0];
        const std::uint64_t t = state_[1] << 17;
        state_[2] ^= state_[0];
        state_[3] ^= state_[1];
        state_[1] ^= state_[2];
        state_[0] ^= state_[3];
        state_[2] ^= t;
        state_[3] = turn(state_[3], 45);
        return result;
    }
    double real() { return double(next() >> 11) * 0x1.0p-53; }                     // [0, 1)
    i32 below(i32 n) { return i32(((next() >> 32) * std::uint64_t(n)) >> 32); }    // 0 .. n-1
    bool chance(double p) { return real() < p; }

private:
    static std::uint64_t turn(std::uint64_t x, int k) { return (x << k) | (x >> (64 - k)); }
    std::uint64_t state_[4];
};

}  // namespace fairvisit
