#include "proxy/config/metric_rules.hpp"

#include "tests/unit/config/load_support.hpp"
#include "tests/unit/config/rollout_support.hpp"

#include <catch2/catch.hpp>

using namespace millrace::config;
using namespace millrace::config::test;

namespace {

std::string with_metrics(const std::string& metrics, const std::string& rollout) {
    return with_split_route(
               "rollout: {candidate: b, guardrails: [{metric: error_rate}], " + rollout + "}"
           ) +
           "\ncustom_metrics: {" + metrics + "}\n";
}

constexpr const char* latency = "latency: {url: 'http://p', jq: .}";

bool refused(const std::string& text, std::string_view part) {
    auto const errors = errors_of(text);
    INFO(errors);
    return errors.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("what rollouts refer to is there", "[config]") {
    CHECK(
        errors_of(with_metrics(latency, "objectives: [{metric: latency, upper_limit: 1}]")).empty()
    );
    CHECK(errors_of(with_metrics(latency, "indicators: [latency]")).empty());

    CHECK(refused(
        with_metrics(latency, "objectives: [{metric: latencie, upper_limit: 1}]"),
        "routes[0].rollout.objectives[0].metric: expected the name of a custom metric, got "
        "'latencie'; did you mean 'latency'?"
    ));
    CHECK(refused(with_metrics(latency, "indicators: [x]"), "rollout.indicators[0]: expected"));
}

TEST_CASE("a sample size is another metric that is there", "[config]") {
    auto const with_sample = [](const std::string& name) {
        return with_metrics("latency: {url: 'http://p', jq: ., sample_size: " + name + "}", "");
    };
    CHECK(refused(with_sample("gone"), "expected the name of a custom metric, got 'gone'"));
    CHECK(refused(with_sample("latency"), "expected another metric as the sample size"));
}

TEST_CASE("metrics of files know where their secrets lie", "[config]") {
    configuration read;
    read.custom_metrics.resize(1);
    read.metrics_of_files.resize(2);
    read.metrics_of_files[1].secret_dir = "ns/prom";
    read.metric_secrets_dir = "/s";

    auto const all = all_metrics(read);

    REQUIRE(all.size() == 3);
    CHECK(all[1].secret_dir.empty());
    CHECK(all[2].secret_dir == "/s/ns/prom");
}
