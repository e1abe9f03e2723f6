// Ruin and recreate with simulated annealing (slack induction by string removals: Christiaens and
// Vanden Berghe, Transportation Science 54(2), 2020) for routes that collect prizes.
#pragma once
#include <cmath>
#include <functional>

#include "route.hpp"

namespace fairvisit {

struct Tuning {
    double x[32];
};

struct Budget {
    double seconds = 0;                            // 0 = bounded by iterations alone
    i64 iterations = 0;                            // 0 = bounded by seconds alone
    std::function<double()> elapsed;
    std::function<bool(double, i64, i64, i32)> poll;   // true = stop; called sparingly
};

class Search {
public:
    Search(const Problem& problem, std::uint64_t seed, const Tuning& tuning)
        : p(problem), router(problem), rng(seed), tune(tuning) {
        route_of.assign(p.visits, -1);
        group_by.assign(p.members.size(), -1);
        near.resize(p.visits);
        mark.assign(p.visits, 0);
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
        for (i32 s = 0; s < i32(routes.size()); ++s) {
            Route& r = routes[s];
            for (i32 v : p.shifts[s].pinned)
                if (!append(r, v)) return s;
            if (r.size() > 0 && !router.update(r)) return s;
            index(r);
        }
        for (i32 s = 0; s < i32(routes.size()); ++s) warm |= load_initial(s);
        return -1;
    }

    void run(const Budget& budget) {
        build();
        keep_best();
        current = best_money;
        set_prices();
        double share = 0;
        const double mean = mean_prize();
        const double hot = mean * (warm ? tune.x[2] : tune.x[0]), cold = mean * tune.x[1];
        double temperature = hot, polled = 0, seconds = 0;
        bool live = p.visits > 0 && !routes.empty();
        for (iterations = 0; live; ++iterations) {
            if (iterations % 8 == 0 && budget.seconds > 0) {
                seconds = budget.elapsed();
                share = seconds / budget.seconds;
                if (share >= 1) break;
            }
            if (iterations % 64 == 0 && (budget.seconds <= 0)) seconds = budget.elapsed();
            if (budget.iterations > 0) {
                if (iterations >= budget.iterations) break;
                share = std::max(share, double(iterations) / double(budget.iterations));
            }
            if (seconds - polled >= 0.1 || iterations == 0) {
                polled = seconds;
                if (budget.poll(seconds, iterations, best_money, best_visits)) break;
            }
            if (iterations % 1024 == 1023) {
                set_prices();
                if (missing() > 0) {
                    place_mandatory(40);
                    current = money();
                }
            }
            temperature = hot * std::pow(cold / hot, share);
            step(temperature);
        }
        restore_best();
        polish();
        keep_best();
    }

    std::vector<Route> best;
    i64 iterations = 0, best_money = 0;
    i32 best_missing = 0, best_visits = 0;

private:
    // ---- state -----------------------------------------------------------------------------
    bool append(Route& r, i32 v) {
        const i32 day = p.shifts[r.shift].day;
        for (i32 o = p.option_begin(v, day); o < p.option_end(v, day); ++o) {
            router.insert(r, {r.shift, r.size(), o}, v);
            if (router.update(r)) return true;
            r.node.erase(r.node.end() - 2);
        }
        router.update(r);
        return false;
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

    void index(const Route& r) {
        for (i32 i = 1; i <= r.size(); ++i)
            if (route_of[r.node[i].visit] < 0) take(r.node[i].visit, r.shift);
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
        const std::size_t count = std::min<std::size_t>(order.size(), std::size_t(tune.x[3]));
        std::partial_sort(order.begin(), order.begin() + count, order.end());
        for (std::size_t i = 0; i < count; ++i) list.push_back(order[i].visit);
        return list;
    }

    // ---- construction ----------------------------------------------------------------------
    bool load_initial(i32 s) {
        Route& r = routes[s];
        std::vector<i32> wanted;
        for (i32 v : p.shifts[s].initial)
            if (p.may(v, s) && (route_of[v] == s ? p.pinned[v] != 0 : route_of[v] < 0))
                wanted.push_back(v);
        if (wanted.empty()) return false;
        std::vector<i32> kept;
        for (i32 v : wanted)
            if (p.pinned[v]) kept.push_back(v);
        Route whole = router.empty_route(s);
        bool exact = kept == p.shifts[s].pinned;
        std::vector<i32> seen;
        for (i32 v : wanted) {
            exact = exact && (p.group[v] < 0 || open_group(v) || route_of[v] == s);
            exact = exact && append(whole, v);
        }
        for (i32 v : wanted)
            for (i32 u : wanted)
                if (u != v && p.group[v] >= 0 && p.group[u] == p.group[v]) exact = false;
        if (exact && router.update(whole)) {
            r = whole;
            index(r);
            return true;
        }
        i32 after = 0;
        for (i32 v : wanted) {
            if (p.pinned[v]) {
                for (i32 i = 1; i <= r.size(); ++i)
                    if (r.node[i].visit == v) after = i;
                continue;
            }
            if (!open_group(v) || route_of[v] >= 0) continue;
            Insertion at;
            router.look(r, s, v, 0, [&](i32 i) { return i != after; }, at, scratch);
            if (!at.found()) router.look(r, s, v, 0, [](i32) { return false; }, at, scratch);
            if (at.found() && place(at, v)) after = at.before + 1;
        }
        return true;
    }

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

    void build() {
        pool.clear();
        open.clear();
        for (i32 s = 0; s < i32(routes.size()); ++s) {
            open.push_back(s);
            touch(s);
        }
        for (i32 v = 0; v < p.visits; ++v)
            if (route_of[v] < 0) pool.push_back(v);
        hour = 0;
        gate = true;
        sort_pool(1, 0);
        fill_sorted(0);
        commit();
        if (missing() > 0) place_mandatory(400);
    }

    // ---- mandatory visits ------------------------------------------------------------------
    // Puts each missing mandatory visit in, at the expense of others: first of optional stops of
    // one shift, then of another mandatory one, the one least often in the way (ejection pool of
    // Nagata and Braysy 2009).
    void place_mandatory(i32 rounds) {
        std::vector<i32> stack, weight(p.visits, 1);
        for (i32 v = 0; v < p.visits; ++v)
            if (p.mandatory[v] && route_of[v] < 0 && !unit_made(v)) stack.push_back(v);
        for (; rounds > 0 && !stack.empty(); --rounds) {
            const i32 v = stack.back();
            stack.pop_back();
            if (route_of[v] >= 0 || unit_made(v)) continue;
            if (!free_sibling(v)) continue;
            if (force(v)) continue;
            ++weight[v];
            const i32 out = eject_for(v, weight);
            stack.insert(stack.begin(), out >= 0 ? out : v);
            if (out < 0 && stack.size() == 1) break;
        }
        commit();
    }

    bool unit_made(i32 v) const {
        return p.group[v] >= 0 && group_by[p.group[v]] >= 0 && p.mandatory[group_by[p.group[v]]];
    }

    bool free_sibling(i32 v) {
        if (open_group(v)) return true;
        const i32 u = group_by[p.group[v]];
        if (p.pinned[u]) return false;
        touch(route_of[u]);
        return remove_one(u);
    }

    bool remove_one(i32 u) {
        Route& r = routes[route_of[u]];
        scratch2 = r;
        for (i32 i = 1; i <= r.size(); ++i)
            if (r.node[i].visit == u) {
                r.node.erase(r.node.begin() + i);
                break;
            }
        if (!router.update(r)) {
            std::swap(r, scratch2);
            return false;
        }
        release(u);
        return true;
    }

    // The route with mandatory and pinned stops only, less `without`.
    bool bones(const Route& r, i32 without, Route& bare) const {
        bare = r;
        bare.node.clear();
        for (const Node& n : r.node)
            if (n.visit < 0 || ((p.mandatory[n.visit] || p.pinned[n.visit]) && n.visit != without))
                bare.node.push_back(n);
        return router.update(bare);
    }

    bool force(i32 v) {
        i64 best_delta = 0;
        Route chosen;
        bool found = false;
        for (i32 s = 0; s < i32(routes.size()); ++s) {
            if (!p.may(v, s)) continue;
            Route candidate = routes[s];
            Insertion at;
            router.look(candidate, s, v, 0, [](i32) { return false; }, at, scratch);
            if (!at.found()) {
                if (!bones(routes[s], -1, candidate)) continue;
                router.look(candidate, s, v, 0, [](i32) { return false; }, at, scratch);
                if (!at.found()) continue;
            }
            router.insert(candidate, at, v);
            if (!router.update(candidate)) continue;
            refill(candidate, routes[s]);
            const i64 delta = candidate.money() - routes[s].money();
            if (!found || delta > best_delta) {
                best_delta = delta;
                chosen = candidate;
                found = true;
            }
        }
        if (found) replace(chosen);
        return found;
    }

    void refill(Route& r, const Route& old) {
        std::vector<i32> rest;
        for (i32 i = 1; i <= old.size(); ++i) {
            const i32 u = old.node[i].visit;
            bool there = p.mandatory[u] || p.pinned[u];
            for (const Node& n : r.node) there = there || n.visit == u;
            if (!there) rest.push_back(u);
        }
        std::stable_sort(rest.begin(), rest.end(),
                         [&](i32 a, i32 b) { return p.prize[a] > p.prize[b]; });
        for (i32 u : rest) {
            Insertion at;
            router.look(r, r.shift, u, 0, [](i32) { return false; }, at, scratch);
            if (!at.found() || at.gain <= 0) continue;
            scratch2 = r;
            router.insert(r, at, u);
            if (!router.update(r)) std::swap(r, scratch2);
        }
    }

    void replace(const Route& r) {
        touch(r.shift);
        for (i32 i = 1; i <= routes[r.shift].size(); ++i) release(routes[r.shift].node[i].visit);
        routes[r.shift] = r;
        for (i32 i = 1; i <= r.size(); ++i) take(r.node[i].visit, r.shift);
    }

    i32 eject_for(i32 v, const std::vector<i32>& weight) {
        i32 out = -1;
        Route chosen, bare;
        for (i32 s = 0; s < i32(routes.size()); ++s) {
            if (!p.may(v, s)) continue;
            for (i32 i = 1; i <= routes[s].size(); ++i) {
                const i32 u = routes[s].node[i].visit;
                if (!p.mandatory[u] || p.pinned[u]) continue;
                if (out >= 0 && weight[u] >= weight[out]) continue;
                if (!bones(routes[s], u, bare)) continue;
                Insertion at;
                router.look(bare, s, v, 0, [](i32) { return false; }, at, scratch);
                if (!at.found()) continue;
                router.insert(bare, at, v);
                if (!router.update(bare)) continue;
                out = u;
                chosen = bare;
            }
        }
        if (out >= 0) replace(chosen);
        return out;
    }

    // ---- one iteration ---------------------------------------------------------------------
    void step(double temperature) {
        i64 before = 0, after = 0;
        const i32 lacked = missing();
        ruin();
        recreate();
        double time_before = 0, time_after = 0;
        for (i32 s : touched) {
            before += backup[s].money();
            after += routes[s].money();
            time_before += double(backup[s].busy);
            time_after += double(routes[s].busy);
        }
        const i32 lacks = missing();
        const double delta = double(after - before) - time_price * tune.x[4] * (time_after - time_before);
        if (lacks > lacked || (lacks == lacked && delta < temperature * std::log(rng.real() + 1e-300))) {
            roll_back();
            return;
        }
        current += after - before;
        commit();
        if (lacks < best_missing || (lacks == best_missing && current > best_money)) {
            keep_best();
        }
    }

    // ---- ruin ------------------------------------------------------------------------------
    void ruin() {
        removed.clear();
        seed = rng.below(p.visits);
        i32 used = 0, stops = 0;
        for (const Route& r : routes)
            if (!r.empty()) {
                ++used;
                stops += r.size();
            }
        if (used == 0) return;
        const double most = std::min(tune.x[5], double(stops) / used);
        const double strings = 4 * tune.x[6] / (1 + most) - 1;
        i32 left = i32(rng.real() * strings + 1);
        if (cut_around(seed, most)) --left;
        const std::vector<i32>& list = neighbours(seed);
        for (std::size_t i = 0; i < list.size() && left > 0; ++i)
            if (cut_around(list[i], most)) --left;
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
        if (length > 1 && length < size && rng.chance(tune.x[7])) {
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

    // ---- recreate --------------------------------------------------------------------------
    void add_to_pool(i32 v) {
        if (route_of[v] >= 0 || mark[v] == epoch) return;
        mark[v] = epoch;
        pool.push_back(v);
    }

    void gather(i32 around, i32 want, double chance) {
        if (route_of[around] < 0) add_to_pool(around);
        for (i32 u : neighbours(around)) {
            if (want <= 0) break;
            if (route_of[u] < 0 && mark[u] != epoch && rng.chance(chance)) {
                add_to_pool(u);
                --want;
            }
        }
    }

    void recreate() {
        ++epoch;
        pool.clear();
        for (i32 v : removed) {
            add_to_pool(v);
            if (p.group[v] >= 0)
                for (i32 u : p.members[p.group[v]]) add_to_pool(u);
        }
        const i32 want = i32(tune.x[8]);
        gather(seed, want, tune.x[9]);
        if (!removed.empty()) gather(removed[rng.below(i32(removed.size()))], want, tune.x[9]);
        if (missing() > 0)
            for (i32 v = 0; v < p.visits; ++v)
                if (p.mandatory[v]) add_to_pool(v);
        choose_open();
        hour = time_price * tune.x[10 + rng.below(3)];
        gate = !rng.chance(tune.x[13]);
        if (rng.chance(tune.x[14])) {
            fill_by_ratio();
        } else {
            sort_pool(rng.below(5), seed);
            fill_sorted(tune.x[15]);
        }
        if (!gate) drop_losers();
    }

    void choose_open() {
        open = touched;
        const i32 shifts = i32(routes.size());
        if (shifts == i32(open.size())) return;
        if (rng.chance(tune.x[16])) open_one(rng.below(shifts));
        i32 start = rng.below(shifts);
        for (i32 k = 0; k < shifts; ++k) {
            const i32 s = (start + k) % shifts;
            if (routes[s].empty() && !touched_mark[s]) {
                open_one(s);
                break;
            }
        }
        for (i32 u : neighbours(seed)) {
            if (route_of[u] >= 0 && !touched_mark[route_of[u]]) {
                if (rng.chance(tune.x[17])) open_one(route_of[u]);
                break;
            }
        }
    }

    void open_one(i32 s) {
        if (touched_mark[s]) return;
        touch(s);
        open.push_back(s);
    }

    struct Key {
        double value;
        i32 turn, visit;
        bool operator<(const Key& other) const {
            return value != other.value ? value < other.value : turn < other.turn;
        }
    };

    void sort_pool(i32 way, i32 around) {
        order.clear();
        for (i32 v : pool) {
            double value = 0;
            if (way == 0) value = -double(p.prize[v]);
            if (way == 1) value = -double(p.prize[v]) / double(p.service[v] + typical);
            if (way == 2) value = rng.real();
            if (way == 3) value = p.matrices[0].from(p.location[around])[p.location[v]].duration;
            if (way == 4) value = room(v);
            if (p.mandatory[v]) value -= 1e18;
            order.push_back({value, v, v});
        }
        std::sort(order.begin(), order.end());
        for (std::size_t i = 0; i < order.size(); ++i) pool[i] = order[i].visit;
    }

    double room(i32 v) const {
        double sum = 0;
        for (i32 o = p.option_from[i64(v) * p.days]; o < p.option_from[i64(v + 1) * p.days]; ++o)
            sum += p.options[o].close - p.options[o].open;
        return sum;
    }

    Insertion best_for(i32 v, double blink) {
        Insertion at;
        for (i32 s : open) {
            if (!p.may(v, s)) continue;
            if (blink > 0)
                router.look(routes[s], s, v, hour, [&](i32) { return rng.chance(blink); }, at, scratch);
            else
                router.look(routes[s], s, v, hour, [](i32) { return false; }, at, scratch);
        }
        return at;
    }

    void fill_sorted(double blink) {
        for (i32 v : pool) {
            if (!open_group(v)) continue;
            const Insertion at = best_for(v, blink);
            if (!at.found()) continue;
            if (at.gain <= 0 && !p.mandatory[v] && gate) continue;
            place(at, v);
        }
    }

    void fill_by_ratio() {
        const std::size_t count = open.size();
        table.assign(pool.size() * count, {});
        noise.resize(pool.size());
        const double power = 1 + rng.real();
        for (std::size_t i = 0; i < pool.size(); ++i) {
            noise[i] = 1 + tune.x[18] * (rng.real() - 0.5);
            for (std::size_t k = 0; k < count; ++k) look_at(i, k);
        }
        for (;;) {
            double top = 0;
            std::size_t pick = 0, where = 0;
            bool found = false;
            for (std::size_t i = 0; i < pool.size(); ++i) {
                const i32 v = pool[i];
                if (route_of[v] >= 0 || !open_group(v)) continue;
                for (std::size_t k = 0; k < count; ++k) {
                    const Insertion& at = table[i * count + k];
                    if (!at.found() || (at.gain <= 0 && !p.mandatory[v] && gate)) continue;
                    double score = std::pow(std::max(1.0, double(at.gain)), power) * noise[i] / at.time;
                    if (p.mandatory[v]) score += 1e30;
                    if (!found || score > top) {
                        top = score;
                        pick = i;
                        where = k;
                        found = true;
                    }
                }
            }
            if (!found) return;
            if (!place(table[pick * count + where], pool[pick])) {
                table[pick * count + where] = {};
                continue;
            }
            for (std::size_t i = 0; i < pool.size(); ++i)
                if (route_of[pool[i]] < 0) look_at(i, where);
        }
    }

    void look_at(std::size_t i, std::size_t k) {
        Insertion& at = table[i * open.size() + k];
        at = {};
        const i32 v = pool[i], s = open[k];
        if (!p.may(v, s) || !open_group(v)) return;
        router.look(routes[s], s, v, hour, [&](i32) { return rng.chance(tune.x[15]); }, at, scratch);
    }

    void drop_losers() {
        for (i32 s : touched) drop_from(s);
    }

    // Takes out stops that cost more than they bring.
    bool drop_from(i32 s) {
        Route& r = routes[s];
        bool any = false;
        for (i32 i = 1; i <= r.size(); ++i) {
            const i32 v = r.node[i].visit;
            if (p.mandatory[v] || p.pinned[v]) continue;
            scratch2 = r;
            scratch2.node.erase(scratch2.node.begin() + i);
            if (!router.update(scratch2) || scratch2.money() < r.money()) continue;
            std::swap(r, scratch2);
            release(v);
            any = true;
            --i;
        }
        return any;
    }

    // ---- polish ----------------------------------------------------------------------------
    // Nothing that pays is left outside, nothing inside that does not, no swap of two improves.
    void polish() {
        for (i32 round = 0; round < 20; ++round) {
            bool better = false;
            open.clear();
            for (i32 s = 0; s < i32(routes.size()); ++s) {
                touch(s);
                open.push_back(s);
                better |= drop_from(s);
            }
            pool.clear();
            for (i32 v = 0; v < p.visits; ++v)
                if (route_of[v] < 0) pool.push_back(v);
            hour = 0;
            gate = true;
            sort_pool(0, 0);
            const i64 before = money();
            fill_sorted(0);
            for (i32 v : pool)
                if (route_of[v] < 0) better |= swap_in(v);
            better |= money() != before;
            commit();
            if (!better) return;
        }
    }

    bool swap_in(i32 v) {
        if (!open_group(v)) return false;
        for (i32 s : open) {
            if (!p.may(v, s)) continue;
            for (i32 i = 1; i <= routes[s].size(); ++i) {
                const Route& r = routes[s];
                const i32 u = r.node[i].visit;
                if (p.pinned[u] || (p.mandatory[u] && !p.mandatory[v]) || !may_swap(r, i, v)) continue;
                scratch3 = r;
                scratch3.node.erase(scratch3.node.begin() + i);
                if (!router.update(scratch3)) continue;
                Insertion at;
                router.look(scratch3, s, v, 0, [&](i32 k) { return k != i - 1; }, at, scratch);
                if (!at.found() || scratch3.money() + at.gain <= r.money()) continue;
                router.insert(scratch3, at, v);
                if (!router.update(scratch3) || scratch3.money() <= r.money()) continue;
                release(u);
                std::swap(routes[s], scratch3);
                take(v, s);
                return true;
            }
        }
        return false;
    }

    // Bounds that spare most swaps the full test.
    bool may_swap(const Route& r, i32 i, i32 v) const {
        const Node& a = r.node[i - 1];
        const Node& u = r.node[i];
        const Matrix& matrix = p.matrix(p.shifts[r.shift]);
        const Arc go = matrix.into(p.location[v])[a.place];
        const Arc on = matrix.from(p.location[v])[r.node[i + 1].place];
        const i64 saved = i64(a.next.cost) + u.next.cost - go.cost - on.cost;
        const bool priced = p.shifts[r.shift].priced;
        if (!priced && p.prize[v] + p.keep_reward + saved <= router.pays(u.visit, u.option, r.shift))
            return false;
        return a.leave + go.duration + p.service[v] + on.duration <= r.node[i + 1].late;
    }

    const Problem& p;
    Router router;
    Random rng;
    Tuning tune;
    std::vector<Route> routes, backup;
    std::vector<i32> route_of, group_by, touched, open, pool, removed;
    std::vector<char> touched_mark, stale;
    std::vector<std::vector<i32>> near;
    std::vector<Key> order;
    std::vector<Insertion> table;
    std::vector<double> noise;
    std::vector<i64> mark;
    Route scratch, scratch2, scratch3;
    i64 epoch = 0, current = 0;
    i32 seed = 0, units = 0, made = 0;
    double hour = 0, time_price = 0, typical = 900;
    bool gate = true, warm = false;
};

}  // namespace fairvisit
