#include "proxy/metrics/exposition.hpp"

#include <catch2/catch.hpp>

using Catch::Matchers::Contains;
using millrace::metrics::params;
using millrace::metrics::registry;
using millrace::metrics::text_exposition;

TEST_CASE("a gateway without a journal shows none", "[metrics][scrape]") {
    registry const all;

    CHECK_THAT(text_exposition(all, params{}), !Contains("millrace_journal"));
}

TEST_CASE("a journal shows its commits and whether it takes them", "[metrics][scrape]") {
    using namespace std::chrono_literals;
    registry all;
    all.set_journal(
        {.known = true,
         .writable = false,
         .error = "full",
         .commits = 5,
         .failures = 2,
         .refused = 1,
         .waiting = 3,
         .oldest_waiting = 1500ms,
         .marks = 4,
         .marks_failed = 6}
    );

    auto const text = text_exposition(all, params{});

    CHECK_THAT(text, Contains("millrace_journal_writable 0\n"));
    CHECK_THAT(text, Contains("millrace_journal_waiting 3\n"));
    CHECK_THAT(text, Contains("millrace_journal_oldest_waiting_seconds 1.5\n"));
    CHECK_THAT(text, Contains(R"(millrace_journal_commits_total{result="success"} 5)"));
    CHECK_THAT(text, Contains(R"(millrace_journal_commits_total{result="failure"} 2)"));
    CHECK_THAT(text, Contains(R"(millrace_journal_commits_total{result="refused"} 1)"));
    CHECK_THAT(text, Contains(R"(millrace_journal_rollback_marks_total{result="success"} 4)"));
    CHECK_THAT(text, Contains(R"(millrace_journal_rollback_marks_total{result="failure"} 6)"));
}
