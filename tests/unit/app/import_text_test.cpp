#include "proxy/app/import_text.hpp"

#include "proxy/config/loader.hpp"

#include <catch2/catch.hpp>

using namespace millrace;
using namespace millrace::app;

namespace {

iter8::imported made() {
    iter8::experiment of;
    of.name = "exp\nworkers: 5";
    of.versions = {{"v1", {{"revision", "yes"}}}, {"v2", {}}};
    of.has_objectives = true;
    of.objectives = {{"mean-latency", 420.0, {}, {}}};
    iter8::metric metric;
    metric.params.name = "mean-latency";
    metric.params.url = "http://prometheus:9090/api/v1/query";
    metric.params.params = {{"query", "sum(rate(x{name=\"$name\"}[${elapsedTime}s]))\n"}};
    metric.params.jq = ".data.result[0].value[1] | tonumber";
    return iter8::import_experiment(of, {metric});
}

}  // namespace

TEST_CASE("what was imported loads, with the same metrics", "[app][iter8]") {
    auto const text = import_text(made(), "exp");

    auto const loaded = config::load_text(text, "f");

    INFO(text);
    INFO((loaded ? "" : config::to_text(loaded.error())));
    REQUIRE(loaded.has_value());
    CHECK(loaded->custom_metrics == made().metrics);
    auto const& rollout = loaded->rollouts.begin()->second;
    CHECK(rollout.objectives.at(0).upper_limit == 420.0);
    CHECK(rollout.variables.at(0).values.at(0).value == "yes");
}

TEST_CASE("notes are comments, whatever the documents hold", "[app][iter8]") {
    auto const text = import_text(made(), "exp\nworkers: 5");

    CHECK(text.starts_with("# Imported from Iter8's experiment exp workers: 5.\n# "));
    CHECK(text.find("\nworkers") == std::string::npos);
}
