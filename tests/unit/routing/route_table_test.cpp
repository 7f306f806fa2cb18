#include "proxy/routing/route_table.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <map>
#include <string>

namespace millrace::routing {

namespace {

table_params two_routes() {
    table_params params;
    for (auto const* name : {"v1", "v2", "other"}) {
        backend_params backend;
        backend.name = name;
        params.backends.push_back(std::move(backend));
    }
    route_params risk;
    risk.name = "risk";
    risk.match.path = match_params::path_kind::exact;
    risk.match.path_value = "/risk";
    risk.backend_refs = {{"v2", {10}}, {"v1", {90}}};
    route_params rest;
    rest.name = "rest";
    rest.backend_refs = {{"other", {1}}};
    params.routes = {risk, rest};
    params.affinity_key = {3, 4};
    return params;
}

std::shared_ptr<const route_table> made_from(table_params params) {
    auto made = route_table::compile(std::move(params), {});
    REQUIRE(made.errors.empty());
    return made.table;
}

std::vector<std::string> errors_of(table_params params) {
    auto made = route_table::compile(std::move(params), {});
    REQUIRE(made.table == nullptr);
    return made.errors;
}

const route* match_path(const route_table& table, std::string_view path) {
    request_view request;
    request.path = path;
    return table.match(request);
}

}  // namespace

TEST_CASE("a request meets the first route that takes it", "[routing]") {
    auto const table = made_from(two_routes());

    CHECK(match_path(*table, "/risk")->params->name == "risk");
    CHECK(match_path(*table, "/risk/")->params->name == "rest");
    CHECK(match_path(*table, "/risk") == table->find("risk"));
    CHECK(table->find("nobody") == nullptr);
}

TEST_CASE("no route is a null", "[routing]") {
    auto params = two_routes();
    params.routes.pop_back();

    CHECK(match_path(*made_from(params), "/") == nullptr);
}

TEST_CASE("a route knows its backends by their place in the table", "[routing]") {
    auto const table = made_from(two_routes());
    auto const& risk = table->routes()[0];

    REQUIRE(risk.backends.size() == 2);
    CHECK(table->backends()[risk.backends[0]].name == "v2");
    CHECK(table->backends()[risk.backends[1]].name == "v1");
    CHECK(risk.version_ids[0] == name_id_of("v2"));
    CHECK(risk.name_id == name_id_of("risk"));
    CHECK(name_id_of("v1") != name_id_of("v2"));
}

TEST_CASE("an assignment carries what evidence needs", "[routing]") {
    auto const table = made_from(two_routes());
    auto const low = table->find("risk")->assign(0x0001'0000'0000'0000U);
    auto const high = table->find("risk")->assign(0xffff'0000'0000'0000U);

    REQUIRE(low.has_value());
    CHECK(low->ref == 0);
    CHECK(low->mass == 6554);
    CHECK(low->epoch == 1);
    CHECK(low->unit_hash == 0x0001'0000'0000'0000U);
    REQUIRE(high.has_value());
    CHECK(high->ref == 1);
    CHECK(high->mass == 58982);
}

TEST_CASE("a route with weights of zero assigns nothing", "[routing]") {
    auto params = two_routes();
    params.routes[1].backend_refs[0].weight = {0};

    CHECK_FALSE(made_from(params)->find("rest")->assign(5).has_value());
}

TEST_CASE("states that are known replace the file's weights", "[routing]") {
    auto const params = two_routes();
    auto const half =
        with_weights(initial_state(params.routes[0]), std::vector<weight>{{50}, {50}});

    auto const made = route_table::compile(params, {half});

    REQUIRE(made.errors.empty());
    CHECK(made.table->find("risk")->state.epoch == 2);
    CHECK(made.table->find("risk")->state.split == half.split);
    CHECK(made.table->find("rest")->state.epoch == 1);
}

TEST_CASE("new weights make a new table and leave the old one as it was", "[routing]") {
    auto const old = made_from(two_routes());
    auto const& state = old->find("risk")->state;

    auto const next = old->with_states({with_weights(state, std::vector<weight>{{0}, {1}})});

    CHECK(old->find("risk")->state.epoch == 1);
    CHECK(next->find("risk")->state.epoch == 2);
    CHECK(next->find("risk")->assign(0)->mass == 65536);
    CHECK(next->find("rest")->state.epoch == 1);
    CHECK(next->find("risk")->params == old->find("risk")->params);
    CHECK(match_path(*next, "/risk") == next->find("risk"));
}

TEST_CASE("a table outlives the one that it was made from", "[routing]") {
    auto old = made_from(two_routes());
    auto const next = old->with_states({});
    old.reset();

    CHECK(match_path(*next, "/risk")->params->name == "risk");
    CHECK(next->backends().size() == 3);
}

TEST_CASE("a copy answers alike and shares no expression", "[routing]") {
    auto params = two_routes();
    params.routes.front().match.path = match_params::path_kind::regex;
    params.routes.front().match.path_value = "/ri.k";
    auto const table = made_from(params);
    auto const next = std::array{weight{1}, weight{1}};
    auto const changed = table->with_states({with_weights(table->find("risk")->state, next)});

    auto const copy = changed->copy();

    CHECK(table->uses_expressions());
    CHECK_FALSE(made_from(two_routes())->uses_expressions());
    CHECK(changed->shares_rules_with(*table));
    CHECK_FALSE(copy->shares_rules_with(*table));
    CHECK(copy->find("risk")->state.epoch == changed->find("risk")->state.epoch);
    CHECK(copy->find("risk")->state.split == changed->find("risk")->state.split);
    CHECK(match_path(*copy, "/risk")->params->name == "risk");
}

TEST_CASE("two names with one id are refused", "[routing]") {
    // Found by search: the ids are 32 bits of SipHash under a fixed key.
    auto params = two_routes();
    std::map<std::uint32_t, std::string> seen;
    std::string first;
    for (int i = 0; first.empty(); ++i) {
        auto name = "r" + std::to_string(i);
        auto const [place, is_new] = seen.emplace(name_id_of(name), name);
        if (!is_new) {
            params.routes[0].name = first = place->second;
            params.routes[1].name = std::move(name);
        }
    }

    auto const errors = errors_of(params);

    REQUIRE(errors.size() == 1);
    CHECK_THAT(errors.front(), Catch::Contains("have the same id: rename one"));
}

TEST_CASE("the table holds the keys of affinity", "[routing]") {
    auto const table = made_from(two_routes());

    CHECK(table->affinity_key() == siphash_key{3, 4});
    CHECK(table->cookie_key() == cookie_key_of({3, 4}));
}

TEST_CASE("all that is wrong is said at once, with the route's name", "[routing]") {
    auto params = two_routes();
    params.routes[0].match.path = match_params::path_kind::regex;
    params.routes[0].match.path_value = "(";
    params.routes[1].backend_refs = {{"nobody", {1}}, {"v1", {1}}, {"v1", {1}}};
    params.routes.push_back(params.routes[1]);
    params.backends.push_back(params.backends[0]);

    auto const errors = errors_of(params);

    auto const has = [&](std::string_view wanted) {
        for (auto const& each : errors) {
            if (each.find(wanted) != std::string::npos) {
                return true;
            }
        }
        return false;
    };
    CHECK(has("route 'risk': path expression '('"));
    CHECK(has("route 'rest': no backend 'nobody'"));
    CHECK(has("route 'rest': backend 'v1' twice"));
    CHECK(has("route 'rest' is there twice"));
    CHECK(has("backend 'v1' is there twice"));
}

TEST_CASE("a state of other backends is refused", "[routing]") {
    auto const params = two_routes();
    auto state = initial_state(params.routes[0]);
    state.refs[0].backend = "v3";

    auto const made = route_table::compile(params, {state});

    CHECK(made.table == nullptr);
    REQUIRE(made.errors.size() == 1);
    CHECK(made.errors[0].find("route 'risk'") == 0);
}

}  // namespace millrace::routing
