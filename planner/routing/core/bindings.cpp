// planner.routing._core: arrays in, routes out. The interpreter lock is released while searching.
#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/tuple.h>
#include <nanobind/stl/vector.h>

#include <chrono>
#include <ctime>
#include <thread>
#include <tuple>

#include "search.hpp"

namespace nb = nanobind;
using namespace fairvisit;

namespace {

using Grid = nb::ndarray<const i32, nb::ndim<2>, nb::c_contig, nb::device::cpu>;
using Ints = nb::ndarray<const i32, nb::ndim<1>, nb::c_contig, nb::device::cpu>;
using Longs = nb::ndarray<const i64, nb::ndim<1>, nb::c_contig, nb::device::cpu>;
using Bytes = nb::ndarray<const std::uint8_t, nb::ndim<1>, nb::c_contig, nb::device::cpu>;

template <class T, class A>
std::vector<T> copied(const A& array) {
    return std::vector<T>(array.data(), array.data() + array.shape(0));
}

// Places in the order of a walk to the nearest one left: those that lie together on the map lie
// together in the tables, so that the stops of a route share cache lines. No plan depends on it.
std::vector<i32> walk(const Grid& duration) {
    const i32 n = i32(duration.shape(0));
    std::vector<i32> left(n), at(n);
    for (i32 i = 0; i < n; ++i) left[i] = i;
    i32 here = 0;
    for (i32 k = 0; k < n; ++k) {
        const i32 place = left[here];
        at[place] = k;
        left[here] = left.back();
        left.pop_back();
        const i32* row = duration.data() + i64(place) * n;
        here = 0;
        for (i32 i = 1; i < i32(left.size()); ++i)
            if (row[left[i]] < row[left[here]]) here = i;
    }
    return at;
}

Matrix matrix_of(const Grid& duration, const Grid& cost, const std::vector<i32>& at) {
    Matrix m;
    m.places = i32(duration.shape(0));
    const i64 n = m.places;
    m.out.resize(n * n);
    for (i64 i = 0; i < n; ++i) {
        Arc* row = m.out.data() + at[i] * n;
        for (i64 j = 0; j < n; ++j) row[at[j]] = {duration.data()[i * n + j], cost.data()[i * n + j]};
    }
    bool symmetric = true;
    for (i64 i = 0; i < n && symmetric; ++i)
        for (i64 j = 0; j < i && symmetric; ++j)
            symmetric = m.out[i * n + j].duration == m.out[j * n + i].duration &&
                        m.out[i * n + j].cost == m.out[j * n + i].cost;
    if (symmetric) return m;
    m.in.resize(n * n);
    for (i64 i = 0; i < n; ++i)
        for (i64 j = 0; j < n; ++j) m.in[j * n + i] = m.out[i * n + j];
    return m;
}

// CPU time of this thread; of the process where the system does not tell.
double thread_seconds() {
#ifdef CLOCK_THREAD_CPUTIME_ID
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return double(now.tv_sec) + 1e-9 * double(now.tv_nsec);
#else
    return double(std::clock()) / CLOCKS_PER_SEC;
#endif
}

// A problem held between calls; planner/routing/solve.py fills it from a checked Problem.
struct Core {
    Problem problem;

    void add_matrix(const Grid& duration, const Grid& cost) {
        if (problem.place_at.empty()) problem.place_at = walk(duration);
        problem.matrices.push_back(matrix_of(duration, cost, problem.place_at));
    }

    void set_visits(const Ints& location, const Ints& service, const Ints& group,
                    const Bytes& mandatory, i32 groups, i32 days, i64 keep_reward) {
        problem.visits = i32(location.shape(0));
        problem.days = days;
        problem.keep_reward = keep_reward;
        problem.location = copied<i32>(location);
        for (i32& place : problem.location) place = problem.place_at[place];
        problem.service = copied<i32>(service);
        problem.group = copied<i32>(group);
        problem.mandatory = copied<char>(mandatory);
        problem.members.resize(groups);
        for (i32 v = 0; v < problem.visits; ++v)
            if (problem.group[v] >= 0) problem.members[problem.group[v]].push_back(v);
        problem.pinned.assign(problem.visits, 0);
        problem.home.assign(problem.visits, -1);
    }

    void set_windows(const Ints& visit, const Ints& day, const Ints& open, const Ints& close,
                     const Longs& prize) {
        std::vector<RawWindow> raw;
        for (std::size_t i = 0; i < visit.shape(0); ++i)
            raw.push_back({visit.data()[i], day.data()[i], open.data()[i], close.data()[i],
                           prize.data()[i]});
        problem.set_windows(raw);
        problem.prize.assign(problem.visits, 0);
        for (i32 v = 0; v < problem.visits; ++v) {
            const i32 begin = problem.option_begin(v, 0), end = problem.option_from[i64(v + 1) * problem.days];
            for (i32 o = begin; o < end; ++o)
                problem.prize[v] = o == begin ? problem.options[o].prize
                                              : std::max(problem.prize[v], problem.options[o].prize);
        }
    }

    void add_shift(std::vector<i64> numbers, std::vector<std::vector<i32>> breaks,
                   std::vector<i32> pinned, std::vector<i32> initial) {
        Shift s{};
        s.day = i32(numbers[0]);
        s.start = problem.place_at[numbers[1]];
        s.end = problem.place_at[numbers[2]];
        s.earliest = i32(numbers[3]);
        s.latest = i32(numbers[4]);
        s.matrix = i32(numbers[5]);
        s.max_duration = numbers[6] < 0 ? kNoLimit : numbers[6];
        s.max_driving = numbers[7] < 0 ? kNoLimit : numbers[7];
        s.fixed_cost = numbers[8];
        s.overtime_price = std::max<i64>(0, numbers[9]);
        s.waiting_price = numbers[10];
        s.hour_price = numbers[11];
        s.cost_percent = numbers[12];
        s.rated = s.hour_price != 0 || s.cost_percent != 100;
        s.hard_end = numbers[9] < 0 ? s.latest : kNever / 2;
        s.priced = s.waiting_price > 0 || numbers[9] >= 0 ||
                   s.max_duration < i64(s.hard_end) - s.earliest;
        for (const auto& b : breaks) s.breaks.push_back({b[0], b[1], b[2]});
        s.pinned = std::move(pinned);
        s.initial = std::move(initial);
        const i32 index = i32(problem.shifts.size());
        for (i32 v : s.pinned) problem.pinned[v] = 1;
        for (i32 v : s.initial) problem.home[v] = index;
        problem.shifts.push_back(std::move(s));
    }

    // `mask`: visits x shifts, 1 = allowed. A shift that cannot serve a visit alone is struck out.
    void set_allowed(const Bytes& mask) {
        problem.allowed = copied<char>(mask);
        const Router router(problem);
        Route scratch;
        for (i32 s = 0; s < i32(problem.shifts.size()); ++s) {
            const Route empty = router.empty_route(s);
            for (i32 v = 0; v < problem.visits; ++v) {
                char& slot = problem.allowed[i64(v) * problem.shifts.size() + s];
                if (!slot || problem.pinned[v]) continue;
                Insertion at;
                router.look(empty, s, v, 0, [](i32) { return false; }, at, scratch);
                slot = at.found();
            }
        }
    }

    // A second search with another seed; it never calls back, and meets the first one in `team`.
    std::thread mate(Search& search, Team& team, const Budget& budget, bool cpu_time) {
        return std::thread([&search, &team, &budget, cpu_time] {
            const double begin = thread_seconds();
            Budget own;
            own.seconds = budget.seconds;
            own.elapsed = budget.elapsed;
            if (cpu_time) own.elapsed = [begin] { return thread_seconds() - begin; };
            own.poll = [&team](double, i64, i64, i32) { return team.stopped.load(); };
            own.team = &team;
            try {
                search.run(own);
            } catch (const std::exception&) {      // no memory: the first search goes on alone
                search.best.clear();
            }
        });
    }

    nb::dict solve(double seconds, i64 iterations, std::uint64_t seed, bool cpu_time, i32 threads,
                   nb::object poll) {
        Search search(problem, seed);
        const auto begin = std::chrono::steady_clock::now();
        const double cpu_begin = thread_seconds();
        Budget budget;
        budget.seconds = seconds;
        budget.iterations = iterations;
        budget.elapsed = [&] {
            if (cpu_time) return thread_seconds() - cpu_begin;
            return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
        };
        bool failed = false;
        nb::python_error* raised = nullptr;
        budget.poll = [&](double spent, i64 done, i64 money, i32 visits) {
            nb::gil_scoped_acquire lock;
            try {
                if (PyErr_CheckSignals() != 0) throw nb::python_error();
                return !poll.is_none() && nb::cast<bool>(poll(spent, done, money, visits));
            } catch (nb::python_error& error) {
                raised = new nb::python_error(error);
                failed = true;
                return true;
            }
        };
        i32 stuck = -1;
        {
            nb::gil_scoped_release unlocked;
            stuck = search.load();
            if (stuck < 0 && threads < 2) search.run(budget);
            if (stuck < 0 && threads >= 2) {
                Team team;
                Search second(problem, seed + 0x9E3779B97F4A7C15ULL);
                second.load();
                budget.team = &team;
                std::thread other = mate(second, team, budget, cpu_time);
                try {
                    search.run(budget);
                } catch (...) {
                    team.stopped = true;
                    other.join();
                    throw;
                }
                team.stopped = true;
                other.join();
                search.iterations += second.iterations;
                if (!second.best.empty() && second.better_than(search)) search.best = second.best;
            }
        }
        if (failed) {
            nb::python_error error(*raised);
            delete raised;
            throw error;
        }
        nb::dict result;
        result["stuck"] = stuck;
        result["iterations"] = search.iterations;
        result["seconds"] = budget.elapsed();
        nb::list routes;
        const Router router(problem);
        for (const Route& r : search.best) {
            if (stuck >= 0 || r.empty()) continue;
            const Timetable t = router.best_timetable(r);
            nb::list stops, breaks;
            for (const Stop& stop : t.stops)
                stops.append(nb::make_tuple(stop.visit, stop.arrive, stop.start, stop.leave));
            for (const Window& b : t.breaks) breaks.append(nb::make_tuple(b.open, b.close));
            routes.append(nb::make_tuple(r.shift, t.depart, t.back, stops, breaks));
        }
        result["routes"] = routes;
        return result;
    }
};

}  // namespace

NB_MODULE(_core, m) {
    m.doc() = "Search core of the routing engine; use planner.routing.solve.";
    nb::class_<Core>(m, "Core")
        .def(nb::init<>())
        // Tables of a week are large: the window goes on meanwhile. Nothing of Python is touched.
        .def("add_matrix", &Core::add_matrix, nb::call_guard<nb::gil_scoped_release>())
        .def("set_visits", &Core::set_visits)
        .def("set_windows", &Core::set_windows)
        .def("add_shift", &Core::add_shift)
        .def("set_allowed", &Core::set_allowed)
        .def("solve", &Core::solve);
}
