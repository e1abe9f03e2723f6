// Ruin and recreate with simulated annealing (slack induction by string removals: Christiaens and
// Vanden Berghe, Transportation Science 54(2), 2020) for routes that collect prizes.
#pragma once
#include <cmath>
#include <functional>

#include "ruin.hpp"
#include "team.hpp"

namespace fairvisit {

struct Budget {
    double seconds = 0;                            // 0 = bounded by iterations alone
    i64 iterations = 0;                            // 0 = bounded by seconds alone
    std::function<double()> elapsed;
    std::function<bool(double, i64, i64, i32)> poll;   // true = stop; called sparingly
    Team* team = nullptr;                          // searches on other threads
};

class Search : public Ruin {
public:
    Search(const Problem& problem, std::uint64_t seed)
        : Ruin(problem, seed), mark(problem.visits, 0) {}

    void run(const Budget& budget) {
        build();
        keep_best();
        current = best_money;
        set_prices();
        double share = 0;
        const double mean = mean_prize();
        const double hot = mean * (warm ? kTuning.hot_warm : kTuning.hot), cold = mean * kTuning.cold;
        double polled = 0, seconds = 0, meeting = kTuning.first_meeting;
        i32 starts = 0, start = 0;
        const double polishing = std::min(0.1, 0.05 * budget.seconds);
        bool stopped = false;
        const bool live = p.visits > 0 && !routes.empty();
        for (iterations = 0; live; ++iterations) {
            if (iterations % 8 == 0 && budget.seconds > 0) {
                seconds = budget.elapsed();
                share = seconds / (budget.seconds - polishing);
                if (share >= 1) break;
            }
            if (iterations % 64 == 0 && (budget.seconds <= 0)) seconds = budget.elapsed();
            if (budget.iterations > 0) {
                if (iterations >= budget.iterations) break;
                share = std::max(share, double(iterations) / double(budget.iterations));
            }
            if (seconds - polled >= 0.05 || iterations == 0) {
                polled = seconds;
                stopped = budget.poll(seconds, iterations, best_money, best_visits);
                if (stopped) break;
            }
            if (budget.team && share >= meeting) {
                meeting += kTuning.meetings;
                meet(*budget.team);
            }
            if (iterations % 1024 == 1023) {
                set_prices();
                if (missing() > 0) {
                    place_mandatory(40);
                    current = money();
                }
            }
            if (starts == 0 && (budget.seconds <= 0 || share > 0.02))
                starts = warm || budget.team ? 1 : useful_starts(budget, seconds);
            // Several starts, each cooled alone; then once more from the best of them.
            double part = share, top = hot;
            if (starts > 1) {
                const double turn = share * starts / (1 - kTuning.last_look);
                const i32 now = std::min(i32(turn), starts);
                if (now != start) begin(start = now, starts);
                part = now < starts ? turn - now : (share - 1) / kTuning.last_look + 1;
                if (now == starts) top = mean * kTuning.hot_last;
            }
            step(top * std::pow(cold / top, part));
        }
        restore_best();
        const double limit = budget.elapsed() + (stopped ? 0.05 : std::max(0.03, polishing));
        const bool timed = stopped || budget.seconds > 0;
        polish([&] { return timed && budget.elapsed() > limit; });
        keep_best();
    }

    i64 iterations = 0;

private:
    void meet(Team& team) {
        std::vector<Route> plan = best;
        if (!team.meet(best_missing, best_money, plan)) return;
        adopt(plan);
        current = best_money;
        set_prices();
    }

    // A search that is long for its problem ends in the same plan early and stays there: then several
    // starts find more than one that cools slowly.
    i32 useful_starts(const Budget& budget, double seconds) const {
        double count = budget.iterations > 0 ? double(budget.iterations) : 1e18;
        if (budget.seconds > 0 && seconds > 0)
            count = std::min(count, double(iterations) / seconds * budget.seconds);
        const double wide = double(p.visits) * std::max<double>(2, double(routes.size()));
        return i32(std::min(50.0, std::max(1.0, count / (kTuning.start_length * wide))));
    }

    void begin(i32 start, i32 starts) {
        if (start < starts) {
            clear();
            build();
        } else {
            restore_best();
        }
        current = money();
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
        const double delta = double(after - before) - time_price * kTuning.time_share * (time_after - time_before);
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
            if (route_of[u] < 0 && mark[u] != epoch && rng.chance(chance * promise(u))) {
                add_to_pool(u);
                --want;
            }
        }
    }

    // How likely a visit is worth trying: its money per second against what the plan earns.
    double promise(i32 v) const {
        const double wanted = time_price * (p.service[v] + typical);
        if (wanted <= 0) return 1;
        const double share = std::min(1.0, std::max(0.0, double(p.prize[v])) / wanted);
        return share * share;
    }

    void recreate() {
        ++epoch;
        pool.clear();
        for (i32 v : removed) {
            add_to_pool(v);
            if (p.group[v] >= 0)
                for (i32 u : p.members[p.group[v]]) add_to_pool(u);
        }
        const i32 want = i32(kTuning.extra);
        gather(seed, want, kTuning.extra_chance);
        if (!removed.empty()) gather(removed[rng.below(i32(removed.size()))], want, kTuning.extra_chance);
        if (missing() > 0)
            for (i32 v = 0; v < p.visits; ++v)
                if (p.mandatory[v]) add_to_pool(v);
        choose_open();
        hour = time_price * kTuning.hours[rng.below(3)];
        gate = !rng.chance(kTuning.ungated);
        if (rng.chance(kTuning.by_ratio)) {
            fill_by_ratio();
        } else {
            sort_pool(rng.below(5), seed);
            fill_sorted(kTuning.blink);
        }
        if (!gate) drop_losers();
    }

    void choose_open() {
        open = touched;
        const i32 shifts = i32(routes.size());
        if (shifts == i32(open.size())) return;
        if (rng.chance(kTuning.open_any)) open_one(rng.below(shifts));
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
                if (rng.chance(kTuning.open_near)) open_one(route_of[u]);
                break;
            }
        }
    }

    void open_one(i32 s) {
        if (touched_mark[s]) return;
        touch(s);
        open.push_back(s);
    }

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
        power = 1 + rng.real();
        for (std::size_t i = 0; i < pool.size(); ++i) {
            noise[i] = 1 + kTuning.noise * (rng.real() - 0.5);
            for (std::size_t k = 0; k < count; ++k) look_at(i, k);
        }
        for (;;) {
            std::size_t pick = 0;
            for (std::size_t cell = 1; cell < table.size(); ++cell)
                if (table[cell].merit > table[pick].merit) pick = cell;
            if (table.empty() || table[pick].merit <= 0) return;
            const std::size_t i = pick / count, where = pick % count;
            const i32 v = pool[i];
            if (!place(table[pick], v)) {
                table[pick].merit = 0;
                continue;
            }
            pool[i] = pool.back();
            noise[i] = noise.back();
            for (std::size_t k = 0; k < count; ++k)
                table[i * count + k] = table[(pool.size() - 1) * count + k];
            pool.pop_back();
            table.resize(pool.size() * count);
            for (std::size_t u = 0; u < pool.size(); ++u) {
                if (p.group[v] >= 0 && p.group[pool[u]] == p.group[v])
                    for (std::size_t k = 0; k < count; ++k) table[u * count + k].merit = 0;
                else
                    look_at(u, where);
            }
        }
    }

    // The best insertion of pool[i] into open[k]; its merit becomes the score to compare, 0 = none.
    void look_at(std::size_t i, std::size_t k) {
        Insertion at;
        const i32 v = pool[i], s = open[k];
        if (p.may(v, s) && open_group(v))
            router.look(routes[s], s, v, hour, [&](i32) { return rng.chance(kTuning.blink); }, at, scratch);
        Insertion& cell = table[i * open.size() + k];
        cell = at;
        cell.merit = 0;
        if (!at.found() || (at.gain <= 0 && !p.mandatory[v] && gate)) return;
        cell.merit = std::pow(std::max(1.0, double(at.gain)), power) * noise[i] / at.time;
        if (p.mandatory[v]) cell.merit += 1e30;
    }

    void drop_losers() {
        for (i32 s : touched) drop_from(s);
    }

    // Worth more than both arcs that its removal could spare.
    bool pays_surely(const Route& r, i32 i) const {
        const Shift& s = p.shifts[r.shift];
        const i64 most = i64(r.node[i - 1].next.cost) + r.node[i].next.cost + s.fixed_cost;
        return !s.priced && router.pays(r.node[i].visit, r.node[i].option, r.shift) > most;
    }

    // Takes out stops that cost more than they bring.
    bool drop_from(i32 s) {
        Route& r = routes[s];
        bool any = false;
        for (i32 i = 1; i <= r.size(); ++i) {
            const i32 v = r.node[i].visit;
            if (p.mandatory[v] || p.pinned[v] || pays_surely(r, i)) continue;
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
    // Nothing that pays is left outside, nothing inside that does not, no swap of two improves;
    // as far as there is time.
    template <class Late>
    void polish(Late&& late) {
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
            for (std::size_t i = 0; i < pool.size() && (i % 16 || !late()); ++i)
                if (route_of[pool[i]] < 0) better |= swap_in(pool[i]);
            better |= money() != before;
            commit();
            if (!better || late()) return;
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
        const Shift& s = p.shifts[r.shift];
        const Matrix& matrix = p.matrix(s);
        const Arc go = p.rated(s, matrix.into(p.location[v])[a.place]);
        const Arc on = p.rated(s, matrix.from(p.location[v])[r.node[i + 1].place]);
        const i64 saved = i64(a.next.cost) + u.next.cost - go.cost - on.cost;
        if (!s.priced && p.prize[v] + p.keep_reward + saved <= router.pays(u.visit, u.option, r.shift))
            return false;
        return a.leave + go.duration + p.service[v] + on.duration <= r.node[i + 1].late;
    }

    std::vector<i32> open, pool;
    std::vector<Insertion> table;
    std::vector<double> noise;
    std::vector<i64> mark;
    i64 epoch = 0, current = 0;
    double hour = 0, power = 1;
    bool gate = true;
};

}  // namespace fairvisit
