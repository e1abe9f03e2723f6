// The plan under search: routes with undo, the best plan so far, neighbours, pinned and warm start.
#pragma once
#include "route.hpp"

namespace fairvisit {

// Found by trying some hundred settings on the orienteering and field instances of
// tests/benchmarks; changes of a third in any of them matter little.
struct Tuning {
    double hot = 1.0, cold = 0.02, hot_warm = 0.05;    // temperatures in mean prizes
    double time_share = 0.1;          // busy seconds in the energy, as a share of what they earn
    double longest_string = 10, removed = 10, split = 0.5;
    double extra = 15, extra_chance = 0.5;             // left-out visits tried with the removed
    double hours[3] = {0.3, 0.5, 1.5};                 // price of time when a place is chosen
    double ungated = 0.02;            // share of rounds in which a visit may enter at a loss
    double by_ratio = 0.2, noise = 0.5, blink = 0.005;
    double open_any = 0.3, open_near = 0.0;
    double served_seed = 0.8;         // share of ruins that start at a stop
    double start_length = 300;        // iterations of a start per visit and route, at least two
    double last_look = 0.15, hot_last = 0.1;   // share and temperature of the search after all starts
    double first_meeting = 0.5, meetings = 0.1;        // of threads, as shares of the budget
    int neighbours = 100;
};
constexpr Tuning kTuning{};

class State {
public:
    State(const Problem& problem, std::uint64_t seed) : p(problem), router(problem), rng(seed) {
        route_of.assign(p.visits, -1);
        group_by.assign(p.members.size(), -1);
        near.resize(p.visits);
        const i32 shifts = i32(p.shifts.size());
        backup.resize(shifts);
        touched_mark.assign(shifts, 0);
        stale.assign(shifts, 1);
        for (i32 s = 0; s < shifts; ++s) routes.push_back(router.empty_route(s));
        best = routes;
        std::vector<char> unit(p.members.size(), 0);
        for (i32 v = 0; v < p.visits; ++v)
            if (p.mandatory[v] && (p.group[v] < 0 || !unit[p.group[v]]++)) ++units;
    }

    // Pinned stops and the warm start; the shift whose pinned stops cannot be driven, or -1.
    i32 load() {
        for (i32 s = 0; s < i32(routes.size()); ++s)
            for (i32 v : p.shifts[s].pinned) take(v, s);
        for (i32 s = 0; s < i32(routes.size()); ++s) {
            const std::vector<i32> wanted = warm_start(s);
            warm = warm || !wanted.empty();
            if (carries_pins(s, wanted) && arrange(s, wanted)) continue;
            if (!arrange(s, p.shifts[s].pinned)) return s;
            approach(s, wanted);
        }
        return -1;
    }

    bool better_than(const State& other) const {
        return best_missing != other.best_missing ? best_missing < other.best_missing
                                                  : best_money > other.best_money;
    }

    std::vector<Route> best;
    i64 best_money = 0;
    i32 best_missing = 0, best_visits = 0;

protected:
    // ---- loading ---------------------------------------------------------------------------
    std::vector<i32> warm_start(i32 s) const {
        std::vector<i32> wanted, groups;
        for (i32 v : p.shifts[s].initial) {
            const i32 g = p.group[v];
            if (route_of[v] >= 0) {
                if (route_of[v] == s) wanted.push_back(v);
                continue;
            }
            if (!p.may(v, s) || !open_group(v)) continue;
            if (g >= 0 && std::find(groups.begin(), groups.end(), g) != groups.end()) continue;
            if (g >= 0) groups.push_back(g);
            wanted.push_back(v);
        }
        return wanted;
    }

    bool carries_pins(i32 s, const std::vector<i32>& wanted) const {
        std::vector<i32> pins;
        for (i32 v : wanted)
            if (p.pinned[v]) pins.push_back(v);
        return pins == p.shifts[s].pinned;
    }

    // Makes the route of `s` exactly this sequence, in the windows that are reached first; then,
    // stop by stop, in better paid ones where that still fits.
    bool arrange(i32 s, const std::vector<i32>& visits) {
        const Shift& shift = p.shifts[s];
        Route r = router.empty_route(s);
        i32 clock = shift.earliest, place = shift.start;
        for (i32 v : visits) {
            clock += p.matrix(shift).from(place)[p.location[v]].duration;
            i32 chosen = -1, start = kNever;
            for (i32 o = p.option_begin(v, shift.day); o < p.option_end(v, shift.day); ++o)
                if (p.first_start(p.options[o], clock) < start) {
                    start = p.first_start(p.options[o], clock);
                    chosen = o;
                }
            if (chosen < 0) return false;
            router.insert(r, {s, r.size(), chosen}, v);
            clock = start + p.service[v];
            place = p.location[v];
        }
        bool good = router.update(r);
        for (i32 i = r.size(); i > 0; --i) {
            const i32 v = r.node[i].visit;
            for (i32 o = p.option_begin(v, shift.day); o < p.option_end(v, shift.day); ++o) {
                const i32 old = r.node[i].option;
                if (good && p.options[o].prize <= p.options[old].prize) continue;
                const i64 money = r.money();
                r.node[i].option = o;
                if (router.update(r) && (!good || r.money() > money))
                    good = true;
                else
                    r.node[i].option = old;
            }
        }
        if (!router.update(r)) return false;
        routes[s] = r;
        for (i32 v : visits)
            if (route_of[v] < 0) take(v, s);
        return true;
    }

    // A warm start that cannot be taken as it is: each visit after the one before, or anywhere.
    void approach(i32 s, const std::vector<i32>& wanted) {
        Route& r = routes[s];
        i32 after = 0;
        for (i32 v : wanted) {
            if (p.pinned[v]) {
                for (i32 i = 1; i <= r.size(); ++i)
                    if (r.node[i].visit == v) after = i;
                continue;
            }
            Insertion at;
            router.look(r, s, v, 0, [&](i32 i) { return i != after; }, at, scratch);
            if (!at.found()) router.look(r, s, v, 0, [](i32) { return false; }, at, scratch);
            if (at.found() && place(at, v)) after = at.before + 1;
        }
    }

    // ---- state -----------------------------------------------------------------------------
    // Inserts and updates; undone and false where a matrix breaks the triangle inequality.
    bool place(const Insertion& at, i32 v) {
        Route& r = routes[at.route];
        router.insert(r, at, v);
        if (!router.update(r)) {
            r.node.erase(r.node.begin() + at.before + 1);
            router.update(r);
            return false;
        }
        take(v, at.route);
        return true;
    }

    bool open_group(i32 v) const { return p.group[v] < 0 || group_by[p.group[v]] < 0; }

    void take(i32 v, i32 shift) {
        route_of[v] = shift;
        if (p.group[v] >= 0) group_by[p.group[v]] = v;
        if (p.mandatory[v]) ++made;
    }

    void release(i32 v) {
        route_of[v] = -1;
        if (p.group[v] >= 0 && group_by[p.group[v]] == v) group_by[p.group[v]] = -1;
        if (p.mandatory[v]) --made;
    }

    i32 missing() const { return units - made; }

    void touch(i32 s) {
        if (touched_mark[s]) return;
        touched_mark[s] = 1;
        touched.push_back(s);
        backup[s] = routes[s];
    }

    void commit() {
        for (i32 s : touched) {
            stale[s] = 1;
            touched_mark[s] = 0;
        }
        touched.clear();
    }

    void roll_back() {
        for (i32 s : touched)
            for (i32 i = 1; i <= routes[s].size(); ++i) release(routes[s].node[i].visit);
        for (i32 s : touched) {
            std::swap(routes[s], backup[s]);
            for (i32 i = 1; i <= routes[s].size(); ++i) take(routes[s].node[i].visit, s);
            touched_mark[s] = 0;
        }
        touched.clear();
    }

    void keep_best() {
        best_money = 0;
        best_visits = 0;
        for (i32 s = 0; s < i32(routes.size()); ++s) {
            if (stale[s]) best[s] = routes[s];
            stale[s] = 0;
            best_money += best[s].money();
            best_visits += best[s].size();
        }
        best_missing = missing();
    }

    void restore_best() {
        for (i32 s = 0; s < i32(routes.size()); ++s)
            if (stale[s]) touch(s);
        for (i32 s : touched) backup[s] = best[s];
        roll_back();
        std::fill(stale.begin(), stale.end(), 0);
    }

    // Only the pinned stops are left.
    void clear() {
        for (const Route& r : routes)
            for (i32 i = 1; i <= r.size(); ++i) release(r.node[i].visit);
        for (i32 s = 0; s < i32(routes.size()); ++s) {
            routes[s] = router.empty_route(s);
            stale[s] = 1;
            for (i32 v : p.shifts[s].pinned) take(v, s);
        }
        for (i32 s = 0; s < i32(routes.size()); ++s) arrange(s, p.shifts[s].pinned);
    }

    // Goes on from another plan of the same problem.
    void adopt(const std::vector<Route>& plan) {
        for (const Route& r : routes)
            for (i32 i = 1; i <= r.size(); ++i) release(r.node[i].visit);
        routes = plan;
        for (i32 s = 0; s < i32(routes.size()); ++s) {
            for (i32 i = 1; i <= routes[s].size(); ++i) take(routes[s].node[i].visit, s);
            stale[s] = 1;
        }
        keep_best();
    }

    i64 money() const {
        i64 sum = 0;
        for (const Route& r : routes) sum += r.money();
        return sum;
    }

    double mean_prize() const {
        double sum = 0;
        i32 count = 0;
        for (const Route& r : routes) {
            sum += double(r.prize);
            count += r.size();
        }
        if (count == 0)
            for (i32 v = 0; v < p.visits; ++v, ++count) sum += double(p.prize[v]);
        return std::max(1.0, count ? sum / count : 1.0);
    }

    // What a second on the road earns at present, and the usual drive to a stop.
    void set_prices() {
        double sum = 0, busy = 0, driving = 0, stops = 0;
        for (const Route& r : best) {
            sum += double(r.money());
            busy += double(r.busy);
            driving += double(r.driving);
            stops += r.size();
        }
        time_price = busy > 0 ? std::max(0.0, sum / busy) : 0;
        typical = stops > 0 ? 1 + driving / stops : 900;
    }

    // ---- neighbours ------------------------------------------------------------------------
    struct Key {
        double value;
        i32 turn, visit;
        bool operator<(const Key& other) const {
            return value != other.value ? value < other.value : turn < other.turn;
        }
    };

    const std::vector<i32>& neighbours(i32 v) {
        std::vector<i32>& list = near[v];
        if (!list.empty() || p.visits < 2) return list;
        const Matrix& matrix = p.matrices[0];
        const Arc* out = matrix.from(p.location[v]);
        const Arc* in = matrix.into(p.location[v]);
        order.clear();
        for (i32 u = 0; u < p.visits; ++u) {
            if (u == v) continue;
            const i64 d = i64(out[p.location[u]].duration) + in[p.location[u]].duration;
            const i32 turn = u > v ? u - v : u - v + p.visits;   // many visits at one place: spread
            order.push_back({double(d), turn, u});
        }
        const std::size_t count = std::min<std::size_t>(order.size(), std::size_t(kTuning.neighbours));
        std::partial_sort(order.begin(), order.begin() + count, order.end());
        for (std::size_t i = 0; i < count; ++i) list.push_back(order[i].visit);
        return list;
    }

    const Problem& p;
    Router router;
    Random rng;
    std::vector<Route> routes, backup;
    std::vector<i32> route_of, group_by, touched;
    std::vector<char> touched_mark, stale;
    std::vector<std::vector<i32>> near;
    std::vector<Key> order;
    Route scratch, scratch2, scratch3;
    i32 units = 0, made = 0;
    double time_price = 0, typical = 900;
    bool warm = false;
};

}  // namespace fairvisit
