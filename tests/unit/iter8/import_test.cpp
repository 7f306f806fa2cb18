#include "proxy/iter8/import.hpp"

#include <boost/json/serialize.hpp>
#include <catch2/catch.hpp>

#include <algorithm>

using namespace millrace::iter8;
namespace json = boost::json;

namespace {

experiment canary() {
    experiment made;
    made.name = "iris";
    made.space = "models";
    made.versions = {{"v1", {{"revision", "iris-v1"}}}, {"v2", {{"revision", "iris-v2"}}}};
    made.has_objectives = true;
    made.objectives = {{"mean-latency", 420.0, {}, {}}};
    return made;
}

std::vector<metric> latency() {
    metric made;
    made.space = "models";
    made.params.name = "mean-latency";
    made.params.url = "http://prometheus:9090/api/v1/query";
    made.params.jq = ".data.result[0].value[1] | tonumber";
    made.params.sample_size = "request-count";
    auto count = made;
    count.params.name = "request-count";
    count.params.sample_size.clear();
    return {made, count};
}

json::object rollout_of(const imported& made) {
    return made.document.at("routes").as_array().at(0).at("rollout").as_object();
}

std::string text(const json::object& of, const char* key) {
    return json::serialize(of.at(key));
}

bool is_noted(const imported& made, std::string_view part) {
    return std::any_of(made.notes.begin(), made.notes.end(), [part](const auto& each) {
        return each.find(part) != std::string::npos;
    });
}

}  // namespace

TEST_CASE("a canary becomes a rollout with its objectives and metrics", "[iter8]") {
    auto const made = import_experiment(canary(), latency());

    auto const rollout = rollout_of(made);
    CHECK(rollout.at("candidate") == "v2");
    CHECK(rollout.at("primary") == "v1");
    CHECK(rollout.at("strategy") == "progressive");
    CHECK(text(rollout, "guardrails") == R"([{"metric":"error_rate"}])");
    CHECK(rollout.at("objectives").at(0).at("metric") == "mean-latency");
    CHECK(rollout.at("objectives").at(0).at("upper_limit") == 420.0);
    CHECK(rollout.at("variables").at("v2").at("revision") == "iris-v2");
    REQUIRE(made.metrics.size() == 2);
    CHECK(made.metrics[0].sample_size == "");
    CHECK(made.metrics[1].name == "mean-latency");
    CHECK(is_noted(made, "set the url"));
}

TEST_CASE("steps follow the increment, up to the limit, and end with everything", "[iter8]") {
    auto of = canary();
    CHECK(rollout_of(import_experiment(of, {})).at("steps").as_array().size() == 11);

    of.weights = weight_limits{45.0, 20.0};
    CHECK(text(rollout_of(import_experiment(of, {})), "steps") == "[2E1,4E1,4.5E1,100]");
    of.weights = weight_limits{0.0, 0.0};
    auto const made = import_experiment(of, {});
    CHECK(text(rollout_of(made), "steps") == "[1E0,100]");
    CHECK(is_noted(made, "cannot be judged"));
}

TEST_CASE("time and deployment pattern are taken over", "[iter8]") {
    auto of = canary();
    of.duration = {.interval_seconds = 15, .iterations_per_loop = 10, .loops_max = 2};
    auto const progressive = rollout_of(import_experiment(of, {}));
    CHECK(progressive.at("soak") == "15s");
    CHECK(progressive.at("horizon") == "300s");

    of.deployment = deployment_pattern::fixed_split;
    auto const even = rollout_of(import_experiment(of, {}));
    CHECK(even.at("strategy") == "fixed_split");
    CHECK(text(even, "steps") == "[5E1]");
    of.current_weights = {70, 30};
    CHECK(text(rollout_of(import_experiment(of, {})), "steps") == "[3E1]");

    of.deployment = deployment_pattern::blue_green;
    auto const blue = import_experiment(of, {});
    CHECK(rollout_of(blue).at("strategy") == "blue_green");
    CHECK(is_noted(blue, "BlueGreen"));
}

TEST_CASE("Iter8's own metrics become guardrails where they can", "[iter8]") {
    auto of = canary();
    of.objectives = {
        {"iter8-system/latency-95th-percentile", 99.5, {}, {}},
        {"iter8-system/error-rate", 0.01, {}, {}},
        {"iter8-system/mean-latency", 50.0, {}, {}}};

    auto const made = import_experiment(of, {});

    CHECK(
        text(rollout_of(made), "guardrails") ==
        R"([{"metric":"error_rate"},{"metric":"latency_p95","slo":"100ms"}])"
    );
    CHECK(is_noted(made, "error-rate is left out"));
    CHECK(is_noted(made, "mean-latency is left out"));
}

TEST_CASE("a reward is shown and wins nothing", "[iter8]") {
    auto of = canary();
    of.testing = testing_pattern::a_b;
    of.rewards = {{"mean-latency", direction::low}};
    of.indicators = {"mean-latency", "gone"};

    auto const made = import_experiment(of, latency());

    CHECK(text(rollout_of(made), "indicators") == R"(["mean-latency"])");
    CHECK(is_noted(made, "less is better"));
    CHECK(is_noted(made, "gone is not shown"));
}

TEST_CASE("what is not carried over is told", "[iter8]") {
    auto of = canary();
    of.has_actions = true;
    of.has_strength = true;
    of.request_count = "request-count";
    of.objectives.front().rollback_on_failure = true;
    auto const made = import_experiment(of, {});

    CHECK(is_noted(made, "Actions"));
    CHECK(is_noted(made, "strength"));
    CHECK(is_noted(made, "requestCount"));
    CHECK(is_noted(made, "rollback_on_failure"));
    CHECK(is_noted(made, "mean-latency is left out"));
}

TEST_CASE("metrics of one name in two namespaces keep apart", "[iter8]") {
    auto of = canary();
    of.objectives = {{"a/m", 1.0, {}, {}}, {"b/m", 2.0, {}, {}}};
    auto all = latency();
    all[0].params.sample_size.clear();
    all[0].params.name = all[1].params.name = "m";
    all[0].space = "a";
    all[1].space = "b";

    auto const rollout = rollout_of(import_experiment(of, all));

    CHECK(rollout.at("objectives").at(0).at("metric") == "m");
    CHECK(rollout.at("objectives").at(1).at("metric") == "b.m");
}

TEST_CASE("a secret is looked for where a container has it", "[iter8]") {
    auto all = latency();
    all[0].params.secret_dir = "ns/prom";

    auto const made = import_experiment(canary(), all);

    CHECK(made.metrics[1].secret_dir == "/run/secrets/ns/prom");
    CHECK(is_noted(made, "/run/secrets/ns/prom"));
}

TEST_CASE("mocks are not fetched", "[iter8]") {
    auto all = latency();
    all[0].is_mock = true;

    auto const made = import_experiment(canary(), all);

    CHECK(made.metrics.empty());
    CHECK(is_noted(made, "no document tells"));
}

TEST_CASE("several candidates share what the primary leaves", "[iter8]") {
    auto of = canary();
    of.testing = testing_pattern::a_b_n;
    of.versions.push_back({"v/3", {}});

    auto const rollout = rollout_of(import_experiment(of, {}));

    CHECK(text(rollout, "candidates") == R"(["v2","v-3"])");
    CHECK(rollout.at("variables").at("v-3").at("name") == "v/3");
    auto const& steps = rollout.at("steps").as_array();
    CHECK(steps.at(steps.size() - 2).as_double() == 49);
}

TEST_CASE("conformance has no rollout", "[iter8]") {
    auto of = canary();
    of.testing = testing_pattern::conformance;
    of.versions.pop_back();

    auto const made = import_experiment(of, {});

    CHECK_FALSE(made.document.at("routes").at(0).as_object().contains("rollout"));
    CHECK(is_noted(made, "Conformance"));
}
