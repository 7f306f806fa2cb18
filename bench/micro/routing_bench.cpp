// What routing costs a request: picking a version (goal: at most 20 ns), hashing a unit, and
// matching among 1 and among 1000 routes (goal: at most 1 us apart).

#include "proxy/base/random.hpp"
#include "proxy/routing/affinity.hpp"
#include "proxy/routing/path.hpp"
#include "proxy/routing/route_table.hpp"
#include "proxy/routing/traffic_split.hpp"

#include <benchmark/benchmark.h>

#include <string>
#include <vector>

namespace {

using millrace::random_source;
using millrace::weight;
using millrace::routing::is_unambiguous_path;
using millrace::routing::map_target;
using millrace::routing::point_of;
using millrace::routing::request_view;
using millrace::routing::route_params;
using millrace::routing::route_table;
using millrace::routing::table_params;
using millrace::routing::target_parts;
using millrace::routing::traffic_split;
using millrace::routing::unit_hash;

using path_kind = millrace::routing::match_params::path_kind;

route_params route_to(path_kind kind, std::string path, std::string host = {}) {
    route_params route;
    route.name = host + path;
    route.match.host = std::move(host);
    route.match.path = kind;
    route.match.path_value = std::move(path);
    route.backend_refs = {{"v1", {80}}, {"v2", {20}}};
    return route;
}

std::shared_ptr<const route_table> table_of(std::vector<route_params> routes) {
    table_params params;
    params.backends.resize(2);
    params.backends[0].name = "v1";
    params.backends[1].name = "v2";
    params.routes = std::move(routes);
    return route_table::compile(std::move(params), {}).table;
}

/// 250 hosts, 350 exact paths, 349 prefixes, 50 expressions, and a last one that takes the rest.
std::vector<route_params> thousand_routes() {
    std::vector<route_params> routes;
    for (int i = 0; i < 250; ++i) {
        auto const number = std::to_string(i);
        auto const star = i % 5 == 0 ? "*." : "";
        routes.push_back(route_to(path_kind::prefix, "/", star + ("model-" + number) + ".example"));
    }
    for (int i = 0; i < 350; ++i) {
        auto const number = std::to_string(i);
        routes.push_back(
            route_to(path_kind::exact, "/ml/v4/deployments/model_" + number + "/predictions")
        );
    }
    for (int i = 0; i < 349; ++i) {
        routes.push_back(route_to(path_kind::prefix, "/team/" + std::to_string(i) + "/score"));
    }
    for (int i = 0; i < 50; ++i) {
        auto const number = std::to_string(i);
        routes.push_back(route_to(path_kind::regex, "/lab-" + number + "/v[0-9]+/[a-z]+/score"));
    }
    routes.push_back(route_to(path_kind::prefix, "/"));
    return routes;
}

void match_one(benchmark::State& state, const route_table& table, const request_view& request) {
    for ([[maybe_unused]] auto _ : state) {
        auto const* found = table.match(request);
        benchmark::DoNotOptimize(found);
    }
}

request_view request_for(std::string_view host, std::string_view path) {
    request_view request;
    request.method = "POST";
    request.host = host;
    request.path = path;
    return request;
}

void pick_version(benchmark::State& state) {
    random_source random{1};
    std::vector<weight> weights;
    for (std::int64_t i = 0; i < state.range(0); ++i) {
        weights.push_back({1 + random.below(100)});
    }
    traffic_split split{weights};
    for (int i = 0; i < 50; ++i) {
        for (auto& each : weights) {
            each.value = 1 + random.below(100);
        }
        split = split.rebalanced(weights, random.next());
    }
    state.counters["pieces"] = static_cast<double>(split.pieces().size());
    for ([[maybe_unused]] auto _ : state) {
        auto const choice = split.pick(point_of(random.next()));
        benchmark::DoNotOptimize(choice);
    }
}

BENCHMARK(pick_version)->Arg(2)->Arg(3)->Arg(7);

void assign_drawn(benchmark::State& state) {
    auto const table = table_of({route_to(path_kind::prefix, "/")});
    random_source random{1};
    for ([[maybe_unused]] auto _ : state) {
        auto const chosen = table->routes()[0].assign(random.next());
        benchmark::DoNotOptimize(chosen);
    }
}

BENCHMARK(assign_drawn);

void hash_unit(benchmark::State& state) {
    for ([[maybe_unused]] auto _ : state) {
        auto const hash = unit_hash({1, 2}, "risk", "8d3bdc0a-6a0c-4a53-a3ad-62a2b2aee2a6");
        benchmark::DoNotOptimize(hash);
    }
}

BENCHMARK(hash_unit);

void check_path(benchmark::State& state) {
    std::string_view const path = "/ml/v4/deployments/model_77/predictions";
    for ([[maybe_unused]] auto _ : state) {
        auto const good = is_unambiguous_path(path);
        benchmark::DoNotOptimize(good);
    }
}

BENCHMARK(check_path);

void map_prefix(benchmark::State& state) {
    std::string target;
    target_parts const parts{path_kind::prefix, "/", "/score/x", "a=1", "/ml/v4", "version=1"};
    for ([[maybe_unused]] auto _ : state) {
        target.clear();
        map_target(target, parts);
        benchmark::DoNotOptimize(target.data());
    }
}

BENCHMARK(map_prefix);

void match_in_1(benchmark::State& state) {
    auto const table = table_of({route_to(path_kind::prefix, "/")});
    match_one(state, *table, request_for("gateway:8080", "/ml/v4/deployments/x/predictions"));
}

BENCHMARK(match_in_1);

void match_in_1000(benchmark::State& state) {
    struct target {
        const char* label;
        std::string_view host;
        std::string_view path;
    };

    static constexpr target targets[] = {
        {"host", "Model-149.example:8080", "/ml/v4/deployments/x/predictions"},
        {"subdomain", "a.model-150.example", "/ml/v4/deployments/x/predictions"},
        {"exact", "gateway:8080", "/ml/v4/deployments/model_349/predictions"},
        {"prefix", "gateway:8080", "/team/348/score/today"},
        {"expression", "gateway:8080", "/lab-49/v12/risk/score"},
        {"the rest, past all expressions", "gateway:8080", "/ml/v4/deployments/x/predictions"},
    };
    auto const& chosen = targets[state.range(0)];
    auto const table = table_of(thousand_routes());
    state.SetLabel(chosen.label);
    match_one(state, *table, request_for(chosen.host, chosen.path));
}

BENCHMARK(match_in_1000)->DenseRange(0, 5);

}  // namespace
