// What searches of one problem on several threads share: the best plan any of them has found.
#pragma once
#include <atomic>
#include <mutex>

#include "route.hpp"

namespace fairvisit {

class Team {
public:
    std::atomic<bool> stopped{false};

    // Leaves the plan here if it is the best so far; fetches the better one otherwise. True when
    // `routes` has been exchanged.
    bool meet(i32 missing, i64 money, std::vector<Route>& routes) {
        const std::lock_guard<std::mutex> hold(lock_);
        if (routes_.empty() || missing < missing_ || (missing == missing_ && money > money_)) {
            routes_ = routes;
            missing_ = missing;
            money_ = money;
            return false;
        }
        if (missing == missing_ && money == money_) return false;
        routes = routes_;
        return true;
    }

private:
    std::mutex lock_;
    std::vector<Route> routes_;
    i32 missing_ = 0;
    i64 money_ = 0;
};

}  // namespace fairvisit
