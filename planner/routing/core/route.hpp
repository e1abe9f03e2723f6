// One route: its times both ways, the test of an insertion in O(1), and its timetable.
#pragma once
#include "problem.hpp"

namespace fairvisit {

// `leave`: earliest end of service; `late`: latest start from which the rest still fits.
struct Node {
    i32 visit, place, option, leave, late;
    Arc next;
};

struct Stop {
    i32 visit, arrive, start, leave;
};

struct Timetable {
    bool valid = false;
    i32 depart = 0, back = 0;
    i64 idle = 0;
    std::vector<Stop> stops;
    std::vector<Window> breaks;                    // open = start, close = end of each break taken
};

// Node 0 is the start place, the last node the end place. An empty route is not driven and is free.
struct Route {
    i32 shift = 0;
    i64 prize = 0, cost = 0, driving = 0, busy = 0, idle = 0;
    std::vector<Node> node;
    std::vector<i32> leave, late;                  // with breaks: [node][breaks taken so far]

    i32 size() const { return i32(node.size()) - 2; }
    bool empty() const { return node.size() == 2; }
    i64 money() const { return prize - cost; }
};

struct Insertion {
    i32 route = -1, before = 0, option = 0;
    i64 gain = 0;                                  // prize less added cost
    double time = 1, merit = 0;
    bool found() const { return route >= 0; }
};

class Router {
public:
    explicit Router(const Problem& problem) : p(problem) {}

    Route empty_route(i32 shift) const {
        const Shift& s = p.shifts[shift];
        Route r;
        r.shift = shift;
        r.node = {{-1, s.start, -1, 0, 0, {0, 0}}, {-1, s.end, -1, 0, 0, {0, 0}}};
        update(r);
        return r;
    }

    // Recomputes everything of a route; false when it cannot be driven as it stands.
    bool update(Route& r) const {
        const Shift& s = p.shifts[r.shift];
        const Matrix& matrix = p.matrix(s);
        r.prize = r.cost = r.driving = r.busy = r.idle = 0;
        const i32 last = i32(r.node.size()) - 1;
        for (i32 i = 0; i < last; ++i) {
            Node& a = r.node[i];
            a.next = p.rated(s, matrix.from(a.place)[r.node[i + 1].place]);
            r.driving += a.next.duration;
            r.cost += a.next.cost;
            if (a.visit >= 0) {
                r.prize += pays(a.visit, a.option, r.shift);
                r.busy += p.service[a.visit];
            }
        }
        r.busy += r.driving;
        if (!(s.breaks.empty() ? sweep(r, s) : sweep_breaks(r, s))) return false;
        if (r.empty()) {
            r.cost = r.driving = r.busy = 0;
            return true;
        }
        r.cost += s.fixed_cost;
        if (r.driving > s.max_driving) return false;
        if (!s.priced) return true;
        const Timetable driven = best_timetable(r);
        const i64 extra = time_price(r, driven);
        r.idle = driven.idle;
        r.cost += extra;
        return extra >= 0;
    }

    i64 pays(i32 visit, i32 option, i32 shift) const {
        return p.options[option].prize + (p.home[visit] == shift ? p.keep_reward : 0);
    }

    // The best place for `visit` in `r` improves on `best` by merit = gain - hour * added time.
    // `skip(position)` leaves a position out.
    template <class Skip>
    void look(const Route& r, i32 index, i32 visit, double hour, Skip&& skip, Insertion& best,
              Route& scratch) const {
        const Shift& s = p.shifts[r.shift];
        const Matrix& matrix = p.matrix(s);
        const i32 place = p.location[visit], service = p.service[visit];
        const Arc* in = matrix.into(place);
        const Arc* out = matrix.from(place);
        const i32 begin = p.option_begin(visit, s.day), end = p.option_end(visit, s.day);
        for (i32 o = begin; o < end; ++o) {
            const Option& option = p.options[o];
            const i64 prize = pays(visit, o, r.shift);
            if (option.count == 1 && !s.priced && s.breaks.empty() && !r.empty()) {
                look_plain(r, s, o, prize, in, out, service, index, hour, skip, best);
                continue;
            }
            for (i32 i = 0; i + 1 < i32(r.node.size()); ++i) {
                const Node& a = r.node[i];
                const Node& b = r.node[i + 1];
                if (a.leave > option.close) break;
                if (b.late < option.open) continue;
                const Arc go = p.rated(s, in[a.place]), on = p.rated(s, out[b.place]);
                const i32 start = p.first_start(option, a.leave + go.duration);
                if (start == kNever) continue;
                const i32 arrive = start + service + on.duration;
                if (arrive > b.late || skip(i)) continue;
                const i64 detour = i64(go.duration) + on.duration - (r.empty() ? 0 : a.next.duration);
                if (r.driving + detour > s.max_driving) continue;
                i64 added = i64(go.cost) + on.cost - (r.empty() ? -s.fixed_cost : a.next.cost);
                const double time = std::max<double>(
                    1, s.breaks.empty() ? double(arrive) - a.leave - (r.empty() ? 0 : a.next.duration)
                                        : double(detour + service));
                double merit = double(prize - added) - hour * time;
                if (s.priced) merit += double(s.waiting_price) * double(r.idle);
                if (best.found() && merit <= best.merit) continue;
                if (!s.breaks.empty() && !fits_breaks(r, s, i, option, go, on, service)) continue;
                if (s.priced) {
                    scratch = r;
                    insert(scratch, {r.shift, i, o}, visit);
                    if (!update(scratch)) continue;
                    added = scratch.cost - r.cost;
                    merit = double(prize - added) - hour * time;
                    if (best.found() && merit <= best.merit) continue;
                }
                best = {index, i, o, prize - added, time, merit};
            }
        }
    }

    void insert(Route& r, const Insertion& at, i32 visit) const {
        r.node.insert(r.node.begin() + at.before + 1,
                      {visit, p.location[visit], at.option, 0, 0, {0, 0}});
    }

    // The timetable to be driven: starts as early as possible, departure as late as this allows;
    // where idle time costs or the duration is bounded, a later departure that wastes less.
    Timetable best_timetable(const Route& r) const {
        const Shift& s = p.shifts[r.shift];
        i64 slack = 0;
        Timetable best = timetable(r, s.earliest, 0, &slack);
        if (!s.priced || !best.valid) return best;
        const bool bad = time_price(r, best) < 0;
        if (!bad && (s.waiting_price == 0 || best.idle == 0)) return best;
        const i64 first = best.depart;
        const auto leave = [&](i64 depart, i32 rested) {
            if (depart <= first) return;
            const Timetable later = timetable(r, i32(depart), rested, nullptr);
            if (!later.valid) return;
            const i64 price = time_price(r, later), old = time_price(r, best);
            if (price >= 0 && (old < 0 || price < old)) best = later;
        };
        leave(first + std::min(slack, best.idle), 0);
        for (i32 rested = 0; rested <= i32(s.breaks.size()); ++rested) {
            if (!fits_home(s, rested)) break;
            leave(latest_departure(r, rested), rested);
        }
        return best;
    }

private:
    const Problem& p;

    // look() for the usual case, in which nearly all time is spent: one window, no breaks, time
    // itself free.
    template <class Skip>
    void look_plain(const Route& r, const Shift& s, i32 option, i64 prize, const Arc* in,
                    const Arc* out, i32 service, i32 index, double hour, Skip&& skip,
                    Insertion& best) const {
        const i32 open = p.options[option].open, close = p.options[option].close;
        const Node* a = r.node.data();
        const Node* const end = a + r.node.size() - 1;
        for (; a != end && a->leave <= close; ++a) {
            const Node* b = a + 1;
            if (b->late < open) continue;
            const Arc go = p.rated(s, in[a->place]);
            const i32 start = std::max(a->leave + go.duration, open);
            if (start > close) continue;
            const Arc on = p.rated(s, out[b->place]);
            const i32 arrive = start + service + on.duration;
            if (arrive > b->late) continue;
            const i64 gain = prize - (i64(go.cost) + on.cost - a->next.cost);
            const double time = std::max(1, arrive - a->leave - a->next.duration);
            const double merit = double(gain) - hour * time;
            if (merit <= best.merit && best.found()) continue;
            if (skip(i32(a - r.node.data()))) continue;
            if (r.driving + go.duration + on.duration - a->next.duration > s.max_driving) continue;
            best = {index, i32(a - r.node.data()), option, gain, time, merit};
        }
    }

    bool sweep(Route& r, const Shift& s) const {
        const i32 last = i32(r.node.size()) - 1;
        r.node[0].leave = s.earliest;
        for (i32 i = 1; i < last; ++i) {
            Node& n = r.node[i];
            const Node& a = r.node[i - 1];
            const i32 start = p.first_start(p.options[n.option], a.leave + a.next.duration);
            if (start == kNever) return false;
            n.leave = start + p.service[n.visit];
        }
        r.node[last].late = s.hard_end;
        if (last > 1 && r.node[last - 1].leave + r.node[last - 1].next.duration > s.hard_end)
            return false;
        for (i32 i = last - 1; i > 0; --i) {
            Node& n = r.node[i];
            n.late = p.last_start(p.options[n.option],
                                  r.node[i + 1].late - n.next.duration - p.service[n.visit]);
        }
        return true;
    }

    // Breaks k..kk-1 are taken in one gap, in any part of it (before, on or after the drive).
    // Earliest arrival when leaving at `time` with `drive` ahead; kNever if a break is missed.
    static i32 hop(const Shift& s, i32 time, i32 drive, i32 k, i32 kk) {
        i32 rested = time, total = 0;
        for (; k < kk; ++k) {
            const Break& b = s.breaks[k];
            if (std::max(rested, b.open) > b.close) return kNever;
            rested = std::max(rested, b.open) + b.length;
            total += b.length;
        }
        return std::max(time + drive + total, rested);
    }

    // Latest leaving time so that hop() arrives by `until`; -kNever if none.
    static i32 hop_back(const Shift& s, i32 until, i32 drive, i32 k, i32 kk) {
        i32 bound = until, total = 0;
        for (i32 b = kk - 1; b >= k; --b) {
            bound = std::min(s.breaks[b].close, bound - s.breaks[b].length);
            if (bound < s.breaks[b].open) return -kNever;
            total += s.breaks[b].length;
        }
        return std::min(bound, until - drive - total);
    }

    // With k breaks taken on return, the next one must still be possible at home after work.
    static i32 return_limit(const Shift& s, i32 k) {
        return k < i32(s.breaks.size()) ? std::min(s.hard_end, s.breaks[k].close) : s.hard_end;
    }

    bool sweep_breaks(Route& r, const Shift& s) const {
        const i32 last = i32(r.node.size()) - 1, states = i32(s.breaks.size()) + 1;
        r.leave.assign(std::size_t(last + 1) * states, kNever);
        r.late.assign(std::size_t(last + 1) * states, -kNever);
        r.leave[0] = r.node[0].leave = s.earliest;
        for (i32 i = 1; i <= last; ++i) {
            Node& n = r.node[i];
            n.leave = kNever;
            for (i32 k = 0; k < states; ++k) {
                const i32 from = r.leave[(i - 1) * states + k];
                if (from == kNever) continue;
                for (i32 kk = k; kk < states; ++kk) {
                    i32 time = hop(s, from, r.node[i - 1].next.duration, k, kk);
                    if (time == kNever) break;
                    if (i < last) {
                        time = p.first_start(p.options[n.option], time);
                        if (time == kNever) break;
                        time += p.service[n.visit];
                    } else if (time > return_limit(s, kk)) {
                        continue;
                    }
                    i32& slot = r.leave[i * states + kk];
                    slot = std::min(slot, time);
                    n.leave = std::min(n.leave, time);
                }
            }
            if (n.leave == kNever && !r.empty()) return false;
        }
        r.node[last].late = s.hard_end;
        for (i32 k = 0; k < states; ++k) r.late[last * states + k] = return_limit(s, k);
        for (i32 i = last - 1; i > 0; --i) {
            Node& n = r.node[i];
            n.late = -kNever;
            for (i32 k = 0; k < states; ++k) {
                i32& slot = r.late[i * states + k];
                for (i32 kk = k; kk < states; ++kk) {
                    const i32 leave = hop_back(s, r.late[(i + 1) * states + kk], n.next.duration, k, kk);
                    if (leave == -kNever) continue;
                    slot = std::max(slot, p.last_start(p.options[n.option],
                                                       leave - p.service[n.visit]));
                }
                n.late = std::max(n.late, slot);
            }
        }
        return true;
    }

    bool fits_breaks(const Route& r, const Shift& s, i32 i, const Option& option, Arc go, Arc on,
                     i32 service) const {
        const i32 states = i32(s.breaks.size()) + 1;
        for (i32 k = 0; k < states; ++k) {
            const i32 from = r.leave[i * states + k];
            if (from == kNever) continue;
            for (i32 kk = k; kk < states; ++kk) {
                const i32 reach = hop(s, from, go.duration, k, kk);
                if (reach == kNever) break;
                const i32 start = p.first_start(option, reach);
                if (start == kNever) break;
                for (i32 e = kk; e < states; ++e) {
                    const i32 arrive = hop(s, start + service, on.duration, kk, e);
                    if (arrive == kNever) break;
                    if (arrive <= r.late[(i + 1) * states + e]) return true;
                }
            }
        }
        return false;
    }

    // Waiting and overtime in money; -1 when the duration is exceeded.
    i64 time_price(const Route& r, const Timetable& t) const {
        const Shift& s = p.shifts[r.shift];
        if (!t.valid || i64(t.back) - t.depart > s.max_duration) return -1;
        i64 price = s.waiting_price * t.idle;
        if (t.back > s.latest) price += s.overtime_price * (i64(t.back) - s.latest);
        return price;
    }

    // The k-th break when all up to it are had at home before setting out, as early as may be.
    static Window home_break(const Shift& s, i32 k) {
        i32 begin = s.breaks[0].open;
        for (i32 i = 1; i <= k; ++i)
            begin = std::max(s.breaks[i].open, begin + s.breaks[i - 1].length);
        return {begin, begin + s.breaks[k].length};
    }

    static bool fits_home(const Shift& s, i32 rested) {
        return rested == 0 || home_break(s, rested - 1).open <= s.breaks[rested - 1].close;
    }

    // After `rested` breaks at home; before the end of the last of them where that is impossible.
    i32 latest_departure(const Route& r, i32 rested) const {
        const Shift& s = p.shifts[r.shift];
        const i32 drive = r.node[0].next.duration;
        if (s.breaks.empty()) return r.node[1].late - drive;
        const i32 states = i32(s.breaks.size()) + 1;
        i32 time = -kNever;
        for (i32 k = rested; k < states; ++k)
            time = std::max(time, hop_back(s, r.late[states + k], drive, rested, k));
        return time;
    }

    // Which breaks were taken before each node, for the earliest end when departing at `depart`
    // after `rested` breaks.
    bool choose_breaks(const Route& r, const Shift& s, i32 depart, i32 rested,
                       std::vector<i32>& taken) const {
        const i32 last = i32(r.node.size()) - 1, states = i32(s.breaks.size()) + 1;
        std::vector<i32> leave(std::size_t(last + 1) * states, kNever), from(leave.size(), 0);
        leave[rested] = depart;
        for (i32 i = 1; i <= last; ++i)
            for (i32 k = rested; k < states; ++k) {
                const i32 before = leave[(i - 1) * states + k];
                if (before == kNever) continue;
                for (i32 kk = k; kk < states; ++kk) {
                    i32 time = hop(s, before, r.node[i - 1].next.duration, k, kk);
                    if (time == kNever) break;
                    if (i < last) {
                        time = p.first_start(p.options[r.node[i].option], time);
                        if (time == kNever) break;
                        time += p.service[r.node[i].visit];
                    } else if (time > return_limit(s, kk)) {
                        continue;
                    }
                    if (time < leave[i * states + kk]) {
                        leave[i * states + kk] = time;
                        from[i * states + kk] = k;
                    }
                }
            }
        i32 best = 0;
        for (i32 k = 1; k < states; ++k)
            if (leave[last * states + k] < leave[last * states + best]) best = k;
        if (leave[last * states + best] == kNever) return false;
        taken.assign(last + 1, rested);
        for (i32 i = last; i > 0; best = from[i * states + best], --i) taken[i] = best;
        return true;
    }

    // `slack`: by how much all starts can be moved back together without leaving their windows.
    Timetable timetable(const Route& r, i32 depart, i32 rested, i64* slack) const {
        const Shift& s = p.shifts[r.shift];
        Timetable t;
        std::vector<i32> taken;
        const i32 last = i32(r.node.size()) - 1;
        if (last < 2 || !choose_breaks(r, s, depart, rested, taken)) return t;
        for (i32 k = 0; k < rested; ++k) t.breaks.push_back(home_break(s, k));
        if (rested > 0 && t.breaks.back().close > depart) return t;
        t.depart = depart;
        i32 clock = depart;
        i64 idle = 0, room = kNoLimit;
        for (i32 i = 1; i <= last; ++i) {
            const i32 left = clock;
            i32 drive = r.node[i - 1].next.duration, arrive = drive == 0 ? clock : -1;
            for (i32 k = taken[i - 1]; k < taken[i]; ++k) {
                const i32 begin = std::max(clock, s.breaks[k].open);
                if (arrive < 0 && drive <= begin - clock) arrive = clock + drive;
                const i32 driven = std::min(drive, begin - clock);
                drive -= driven;
                idle += begin - clock - driven;
                room = std::min(room, idle + (s.breaks[k].close - begin));
                t.breaks.push_back({begin, begin + s.breaks[k].length});
                clock = begin + s.breaks[k].length;
            }
            clock += drive;
            if (arrive < 0) arrive = clock;
            if (i == last) {
                t.back = clock;
                break;
            }
            const Node& n = r.node[i];
            const i32 start = p.first_start(p.options[n.option], clock);
            idle += start - clock;
            room = std::min(room, idle + (close_at(p.options[n.option], start) - start));
            if (i == 1) {
                i32 later = start - r.node[0].next.duration;
                if (taken[1] > 0 && t.breaks.back().close > later) {
                    i32 rest = 0;
                    for (const Window& b : t.breaks) rest += b.close - b.open;
                    later = std::min(later - rest, t.breaks.front().open);
                }
                if (later > left) {
                    t.depart = later;
                    if (taken[1] == 0 || t.breaks.back().close <= later)
                        arrive = start;
                    else
                        arrive = std::max(arrive, later + r.node[0].next.duration);
                }
            }
            t.stops.push_back({n.visit, arrive, start, start + p.service[n.visit]});
            clock = start + p.service[n.visit];
        }
        i64 rest = 0;
        for (const Window& b : t.breaks)
            if (b.open >= t.depart && b.close <= t.back) rest += b.close - b.open;
        t.idle = i64(t.back) - t.depart - r.busy - rest;
        if (slack) *slack = std::max<i64>(0, room - (t.depart - depart));
        t.valid = true;
        return t;
    }

    i32 close_at(const Option& option, i32 start) const {
        for (i32 w = option.first; w < option.first + option.count; ++w)
            if (start <= p.windows[w].close) return p.windows[w].close;
        return start;
    }
};

}  // namespace fairvisit
