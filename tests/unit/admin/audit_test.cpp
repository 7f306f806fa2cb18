#include "proxy/admin/audit.hpp"

#include <catch2/catch.hpp>

using namespace millrace::admin;
using Catch::Matchers::Contains;

namespace {

request change(std::string body) {
    request asked;
    asked.method = "POST";
    asked.target = "/api/v1/reload";
    asked.body = std::move(body);
    asked.from = "127.0.0.1";
    return asked;
}

}  // namespace

TEST_CASE("a record says who, why, what and what came of it", "[admin][audit]") {
    auto const entry = audit_of(
        change(R"({"why": "new routes", "who": "ann"})"), identity{"ci", role::operate}, {}
    );

    CHECK(entry.who == "ci");
    CHECK(entry.role == "operate");
    CHECK(entry.said == "ann");
    CHECK(entry.why == "new routes");
    CHECK(entry.action == "POST /api/v1/reload");
    CHECK(entry.from == "127.0.0.1");
    CHECK(entry.outcome == "done");
    CHECK(entry.time.ends_with("Z"));
}

TEST_CASE("a refusal is recorded with its reason", "[admin][audit]") {
    auto const entry =
        audit_of(change("nonsense"), std::nullopt, error_answer(401, "unauthorized", "no"));

    CHECK(entry.who.empty());
    CHECK(entry.role.empty());
    CHECK(entry.why.empty());
    CHECK(entry.status == 401);
    CHECK(entry.outcome == "unauthorized");
}

TEST_CASE("a record does not grow with what somebody sends", "[admin][audit]") {
    auto asked = change(R"({"why": ")" + std::string(100'000, 'x') + R"("})");
    asked.target = "/" + std::string(16'000, 'y');

    auto const entry = audit_of(asked, std::nullopt, {});

    CHECK(entry.why.size() == 1'000);
    CHECK(entry.action.size() == 1'000);
}

TEST_CASE("the record as a document", "[admin][audit]") {
    audit_entry entry;
    entry.id = 3;
    entry.why = "\"quoted\"";

    auto const text = rendering::audit({entry});

    CHECK_THAT(text, Contains(R"("audit":[{"id":3,)") && Contains(R"("why":"\"quoted\"")"));
    CHECK(rendering::audit({}) == "{\"audit\":[]}\n");
}
