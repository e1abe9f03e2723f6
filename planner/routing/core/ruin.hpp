// Taking strings of stops out of routes that lie near one another (SISR; see search.hpp).
#pragma once
#include "mandatory.hpp"

namespace fairvisit {

class Ruin : public Mandatory {
public:
    Ruin(const Problem& problem, std::uint64_t seed) : Mandatory(problem, seed) {}

protected:
    void ruin() {
        removed.clear();
        seed = rng.chance(kTuning.served_seed) ? served_seed() : rng.below(p.visits);
        i32 used = 0, stops = 0;
        for (const Route& r : routes)
            if (!r.empty()) {
                ++used;
                stops += r.size();
            }
        if (used == 0) return;
        const double most = std::min(kTuning.longest_string, double(stops) / used);
        const double strings = 4 * kTuning.removed / (1 + most) - 1;
        i32 left = i32(rng.real() * strings + 1);
        if (cut_around(seed, most)) --left;
        const std::vector<i32>& list = neighbours(seed);
        for (std::size_t i = 0; i < list.size() && left > 0; ++i)
            if (cut_around(list[i], most)) --left;
    }

    std::vector<i32> removed;                      // by the last ruin
    i32 seed = 0;                                  // the visit it was around

private:
    // A stop of some route, any visit when that route is empty.
    i32 served_seed() {
        const Route& r = routes[rng.below(i32(routes.size()))];
        return r.empty() ? rng.below(p.visits) : r.node[1 + rng.below(r.size())].visit;
    }

    bool cut_around(i32 v, double most) {
        const i32 s = route_of[v];
        if (s < 0 || touched_mark[s]) return false;
        touch(s);
        Route& r = routes[s];
        const i32 size = r.size();
        const i32 length = std::min(size, 1 + i32(rng.real() * std::min(double(size), most)));
        i32 at = 1;
        while (r.node[at].visit != v) ++at;
        i32 spare = 0;
        if (length > 1 && length < size && rng.chance(kTuning.split)) {
            spare = 1;
            while (length + spare < size && rng.chance(0.5)) ++spare;
        }
        const i32 window = length + spare;
        const i32 low = std::max(1, at - window + 1), high = std::min(at, size - window + 1);
        const i32 first = low + rng.below(high - low + 1);
        const i32 keep = spare ? first + 1 + rng.below(std::max(1, length - 1)) : first + window;
        std::size_t write = first;
        for (i32 i = first; i < i32(r.node.size()); ++i) {
            const bool out = i < first + window && !(i >= keep && i < keep + spare) &&
                             !p.pinned[r.node[i].visit];
            if (out) {
                removed.push_back(r.node[i].visit);
                release(r.node[i].visit);
            } else {
                if (i < first + window && p.pinned[r.node[i].visit]) change_option(r, i);
                r.node[write++] = r.node[i];
            }
        }
        r.node.resize(write);
        if (router.update(r)) return true;
        // A shorter route that cannot be driven (no triangle inequality): put it back.
        for (i32 i = 1; i <= backup[s].size(); ++i) {
            const i32 u = backup[s].node[i].visit;
            if (route_of[u] >= 0) continue;
            take(u, s);
            removed.erase(std::remove(removed.begin(), removed.end(), u), removed.end());
        }
        r = backup[s];
        return true;
    }

    // A pinned stop is never taken out, so this alone brings it into another of its windows.
    void change_option(Route& r, i32 i) {
        const i32 day = p.shifts[r.shift].day;
        const i32 begin = p.option_begin(r.node[i].visit, day), end = p.option_end(r.node[i].visit, day);
        if (end - begin > 1 && rng.chance(0.3)) r.node[i].option = begin + rng.below(end - begin);
    }
};

}  // namespace fairvisit
