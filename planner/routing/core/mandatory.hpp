// Mandatory visits: made before all money, at the expense of whatever stands in their way.
#pragma once
#include "state.hpp"

namespace fairvisit {

class Mandatory : public State {
protected:
    using State::State;

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
};

}  // namespace fairvisit
