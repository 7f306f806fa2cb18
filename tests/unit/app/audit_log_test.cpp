#include "proxy/app/audit_log.hpp"

#include <catch2/catch.hpp>

#include <utility>

namespace millrace::app {

namespace {

admin::audit_entry entry_by(std::string who) {
    admin::audit_entry made;
    made.time = "2026-01-01T00:00:00.000Z";
    made.who = std::move(who);
    made.role = "operate";
    made.said = "ann";
    made.why = "a look";
    made.action = "POST /api/v1/reload";
    made.from = "127.0.0.1";
    made.status = 200;
    made.outcome = "done";
    return made;
}

}  // namespace

TEST_CASE("the audit log numbers on from what an earlier process wrote", "[app][audit]") {
    std::vector<journal::audit_row> written;
    journal_feed feed{[&written](journal::batch what, const auto& done) {
        written.insert(written.end(), what.audit.begin(), what.audit.end());
        done("");
        return true;
    }};
    audit_log first{&feed, {}};
    first.add(entry_by("ci"));
    first.add(entry_by("desk"));

    audit_log second{&feed, written};
    second.add(entry_by("signal"));

    REQUIRE(written.size() == 3);
    CHECK(written.back().id == 3);
    auto const newest = second.newest();
    REQUIRE(newest.size() == 3);
    CHECK(newest[0].who == "ci");
    CHECK(newest[0].why == "a look");
    CHECK(newest[0].status == 200);
    CHECK(newest[2].who == "signal");
}

TEST_CASE("without a journal the newest are at hand", "[app][audit]") {
    audit_log log{nullptr, {}};
    for (std::size_t i = 0; i < audit_log::shown_max + 5; ++i) {
        log.add(entry_by("ci"));
    }

    auto const newest = log.newest();

    CHECK(newest.size() == audit_log::shown_max);
    CHECK(newest.front().id == 6);
}

}  // namespace millrace::app
