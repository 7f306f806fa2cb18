#include "proxy/upstream/connection_budget.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <thread>
#include <vector>

using millrace::upstream::connection_budget;
using millrace::upstream::connection_budgets;

TEST_CASE("as many connections open as the budget says", "[upstream][budget]") {
    connection_budget budget{2};

    CHECK(budget.try_open());
    CHECK(budget.try_open());
    CHECK_FALSE(budget.try_open());
    CHECK(budget.open() == 2);

    budget.closed();
    CHECK(budget.try_open());
    CHECK(budget.open() == 2);
}

TEST_CASE("a budget of nothing opens nothing", "[upstream][budget]") {
    connection_budget budget{0};

    CHECK_FALSE(budget.try_open());
    CHECK(budget.open() == 0);
}

TEST_CASE("a smaller budget counts from the next connection on", "[upstream][budget]") {
    connection_budget budget{3};
    REQUIRE((budget.try_open() && budget.try_open() && budget.try_open()));

    budget.set_max(1);

    CHECK_FALSE(budget.try_open());
    CHECK(budget.open() == 3);
    budget.closed();
    budget.closed();
    CHECK_FALSE(budget.try_open());
    budget.closed();
    CHECK(budget.try_open());
}

TEST_CASE("workers together never open more than the budget", "[upstream][budget]") {
    connection_budget budget{10};
    std::atomic<int> open{0};
    std::atomic<bool> exceeded{false};
    std::vector<std::thread> workers;

    for (int i = 0; i < 4; ++i) {
        workers.emplace_back([&] {
            for (int j = 0; j < 20'000; ++j) {
                if (budget.try_open()) {
                    if (++open > 10) {
                        exceeded = true;
                    }
                    --open;
                    budget.closed();
                }
            }
        });
    }
    for (auto& worker : workers) {
        worker.join();
    }

    CHECK_FALSE(exceeded);
    CHECK(budget.open() == 0);
}

TEST_CASE("a backend has one budget, whoever asks", "[upstream][budget]") {
    connection_budgets budgets;
    CHECK(budgets.open("a") == 0);

    auto const first = budgets.of("a", 1);
    auto const other = budgets.of("b", 1);
    REQUIRE(first->try_open());

    CHECK(budgets.of("a", 1) == first);
    CHECK(other != first);
    CHECK(budgets.open("a") == 1);
    CHECK(budgets.open("b") == 0);
}

TEST_CASE("a reload changes the budget and keeps the count", "[upstream][budget]") {
    connection_budgets budgets;
    auto const before = budgets.of("a", 1);
    REQUIRE(before->try_open());
    REQUIRE_FALSE(before->try_open());

    auto const after = budgets.of("a", 2);

    CHECK(before->try_open());
    CHECK(after->open() == 2);
}
