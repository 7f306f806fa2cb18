#include "tests/tidy/lambdas.hpp"

#include "tests/tidy/source_tree.hpp"

#include <catch2/catch.hpp>

using millrace::tidy::capturing_coroutine_lambdas;

TEST_CASE("a capturing lambda that is a coroutine is found", "[tidy]") {
    for (const char* code :
         {"spawn([this] { co_await x(); });",
          "auto f = [&a](int b) mutable -> task<int> { co_return b; };",
          "return [=]() noexcept(true) { if (a[1]) { co_yield 1; } };",
          "f([](int a) { g([a] { co_await a; }); });"}) {
        CAPTURE(code);
        CHECK(capturing_coroutine_lambdas(code).size() == 1);
    }
}

TEST_CASE("other lambdas, indices and attributes are left alone", "[tidy]") {
    for (const char* code :
         {"spawn([](int a) -> task<> { co_await a; });",
          "[[nodiscard]] task f(int a) { co_await a; }",
          "task f() { b[a] = 1; co_await g([&a] { return a; }); }",
          "f([this] { g([](int a) -> task<> { co_await a; }); });",
          "task f(char (&a)[4]) { co_await a; }",
          "auto f = [&a] { return co_awaiting; };"}) {
        CAPTURE(code);
        CHECK(capturing_coroutine_lambdas(code).empty());
    }
}

TEST_CASE("no capturing lambda of ours is a coroutine", "[tidy]") {
    for (const auto& file : millrace::tidy::all_files()) {
        if (!file.is_cpp()) {
            continue;
        }
        for (const auto offset : capturing_coroutine_lambdas(millrace::tidy::code_of(file.text))) {
            FAIL_CHECK(
                millrace::tidy::place(file, offset)
                << ": write a named coroutine that takes its arguments by value"
            );
        }
    }
}
