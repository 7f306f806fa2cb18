#include "proxy/routing/affinity.hpp"

#include <catch2/catch.hpp>

namespace millrace::routing {

namespace {

constexpr siphash_key key{1, 2};
constexpr std::string_view trace = "4bf92f3577b34da6a3ce929d0e0e4736";
constexpr std::string_view parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

cookie_unit some_unit() {
    cookie_unit unit{};
    for (std::size_t i = 0; i < unit.size(); ++i) {
        unit[i] = static_cast<char>(i * 17);
    }
    return unit;
}

affinity_params by(enum affinity_params::kind kind, std::string name = {}) {
    affinity_params affinity;
    affinity.kind = kind;
    affinity.name = std::move(name);
    return affinity;
}

std::string unit_with(const affinity_params& affinity, const std::vector<field>& fields) {
    request_view request;
    request.fields = fields;
    request.query = "a=1&us%65r=ann%20b&user=bob";
    request.client_ip = "192.0.2.1";
    request.trace_id = "0123456789abcdef0123456789abcdef";
    return std::string{unit_of(affinity, request)};
}

std::optional<cookie_unit> cookie_in(const std::vector<field>& fields) {
    request_view request;
    request.fields = fields;
    return cookie_unit_of(by(affinity_params::kind::cookie, "mr"), key, "risk", request);
}

}  // namespace

TEST_CASE("the unit of a header is its first field", "[routing]") {
    auto const affinity = by(affinity_params::kind::header, "x-user-id");

    CHECK(unit_with(affinity, {{"X-User-Id", "ann"}, {"x-user-id", "bob"}}) == "ann");
    CHECK(unit_with(affinity, {{"x-user", "ann"}}).empty());
}

TEST_CASE("the unit of a query parameter is its first value as sent", "[routing]") {
    CHECK(unit_with(by(affinity_params::kind::query, "user"), {}) == "ann%20b");
    CHECK(unit_with(by(affinity_params::kind::query, "nobody"), {}).empty());
}

TEST_CASE("the unit of a client is its address", "[routing]") {
    CHECK(unit_with(by(affinity_params::kind::client_ip), {}) == "192.0.2.1");
}

TEST_CASE("without affinity, or before a cookie is checked, there is no unit", "[routing]") {
    CHECK(unit_with(by(affinity_params::kind::none), {{"cookie", "mr=x"}}).empty());
    CHECK(unit_with(by(affinity_params::kind::cookie, "mr"), {{"cookie", "mr=x"}}).empty());
}

TEST_CASE("the unit of a trace is the one that came, else the one we started", "[routing]") {
    auto const affinity = by(affinity_params::kind::trace_id);
    std::string_view const ours = "0123456789abcdef0123456789abcdef";

    CHECK(unit_with(affinity, {{"Traceparent", parent}}) == trace);
    CHECK(unit_with(affinity, {}) == ours);
    CHECK(unit_with(affinity, {{"traceparent", "00-xyz"}}) == ours);
    CHECK(unit_with(affinity, {{"traceparent", parent}, {"traceparent", parent}}) == ours);
}

TEST_CASE("only a valid traceparent has a trace id", "[routing]") {
    std::string const valid{parent};
    auto const changed = [&](std::size_t at, std::string_view text) {
        return std::string{valid}.replace(at, text.size(), text);
    };

    CHECK(trace_id_of(valid) == trace);
    CHECK(trace_id_of(changed(0, "cc") + "-more") == trace);
    CHECK(trace_id_of(valid + "-more").empty());
    CHECK(trace_id_of(changed(0, "cc") + "more").empty());
    CHECK(trace_id_of(changed(0, "ff")).empty());
    CHECK(trace_id_of(changed(3, "4BF9")).empty());
    CHECK(trace_id_of(changed(3, std::string(32, '0'))).empty());
    CHECK(trace_id_of(changed(36, std::string(16, '0'))).empty());
    CHECK(trace_id_of(changed(35, "0")).empty());
    CHECK(trace_id_of(changed(53, "0g")).empty());
    CHECK(trace_id_of(valid.substr(0, 54)).empty());
    CHECK(trace_id_of("").empty());
}

TEST_CASE("a unit's place depends on key, route and unit", "[routing]") {
    auto const hash = unit_hash(key, "risk", "ann");

    CHECK(hash == siphash_2_4(key, std::string_view{"risk\0ann", 8}));
    CHECK(hash == unit_hash(key, "risk", "ann"));
    CHECK(hash != unit_hash({2, 1}, "risk", "ann"));
    CHECK(hash != unit_hash(key, "rest", "ann"));
    CHECK(hash != unit_hash(key, "riska", "nn"));
    CHECK(point_of(0xabcd'0000'0000'ffffU) == 0xabcd);
}

TEST_CASE("a unit may be longer than any buffer", "[routing]") {
    std::string const unit(10'000, 'u');

    CHECK(unit_hash(key, "risk", unit) == siphash_2_4(key, std::string{"risk"} + '\0' + unit));
}

TEST_CASE("an issued cookie is verified and gives its unit back", "[routing]") {
    auto const value = issue_cookie(key, "risk", some_unit());

    CHECK(value.size() == 32);
    CHECK(verify_cookie(key, "risk", value) == some_unit());
}

TEST_CASE("a cookie of another key or route or with any other character is refused", "[routing]") {
    auto const value = issue_cookie(key, "risk", some_unit());

    CHECK_FALSE(verify_cookie({1, 3}, "risk", value).has_value());
    CHECK_FALSE(verify_cookie(key, "rest", value).has_value());
    CHECK_FALSE(verify_cookie(key, "risk", "").has_value());
    CHECK_FALSE(verify_cookie(key, "risk", value + "A").has_value());
    CHECK_FALSE(verify_cookie(key, "risk", value.substr(1)).has_value());
    for (std::size_t i = 0; i < value.size(); ++i) {
        auto forged = value;
        forged[i] = forged[i] == 'A' ? 'B' : 'A';
        CHECK_FALSE(verify_cookie(key, "risk", forged).has_value());
        forged[i] = '!';
        CHECK_FALSE(verify_cookie(key, "risk", forged).has_value());
    }
}

TEST_CASE("the cookie key is derived from the affinity key", "[routing]") {
    CHECK(cookie_key_of(key) == cookie_key_of(key));
    CHECK_FALSE(cookie_key_of(key) == key);
    CHECK_FALSE(cookie_key_of(key) == cookie_key_of({1, 3}));
}

TEST_CASE("a cookie is found among others, in any Cookie field", "[routing]") {
    auto const value = issue_cookie(key, "risk", some_unit());
    auto const found = some_unit();

    std::string const alone = "mr=" + value;
    CHECK(cookie_in({{"Cookie", alone}}) == found);
    CHECK(cookie_in({{"cookie", std::string_view{}}}) == std::nullopt);
    std::string const among = "a=b; mr=stale;xmr=1;  mr=\"" + value + "\" ; c";
    CHECK(cookie_in({{"cookie", "x=1"}, {"cookie", among}}) == found);
    std::string const other_case = "MR=" + value;
    CHECK(cookie_in({{"cookie", other_case}}) == std::nullopt);
}

TEST_CASE("a cookie that is not ours counts as absent", "[routing]") {
    auto const foreign = "mr=" + issue_cookie({7, 7}, "risk", some_unit());

    CHECK(cookie_in({{"cookie", foreign}}) == std::nullopt);
    CHECK(cookie_in({}) == std::nullopt);
}

TEST_CASE("a cookie is handed out with its attributes", "[routing]") {
    auto affinity = by(affinity_params::kind::cookie, "mr");
    CHECK(set_cookie_value(affinity, "v") == "mr=v; Path=/; HttpOnly; SameSite=Lax");

    affinity.cookie_path = "/score";
    affinity.cookie_max_age = std::chrono::hours{1};
    affinity.cookie_http_only = false;
    affinity.cookie_secure = true;
    affinity.cookie_same_site = "Strict";
    CHECK(
        set_cookie_value(affinity, "v") ==
        "mr=v; Path=/score; Max-Age=3600; Secure; SameSite=Strict"
    );
}

TEST_CASE("a cookie for every site is always secure", "[routing]") {
    auto affinity = by(affinity_params::kind::cookie, "mr");
    affinity.cookie_same_site = "None";

    CHECK(set_cookie_value(affinity, "v") == "mr=v; Path=/; HttpOnly; Secure; SameSite=None");
}

}  // namespace millrace::routing
