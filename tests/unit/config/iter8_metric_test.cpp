#include "proxy/config/iter8_loader.hpp"

#include <catch2/catch.hpp>

using namespace millrace;
using namespace millrace::config;
using providers::named_text;

namespace {

iter8::metric metric(const std::string& spec) {
    auto const read = load_iter8_text(
        "apiVersion: iter8.tools/v2alpha2\nkind: Metric\nmetadata: {name: m, namespace: n, labels: "
        "{creator: iter8}}\nspec:\n" +
            spec,
        "f"
    );
    INFO((read ? "" : to_text(read.error())));
    REQUIRE(read.has_value());
    return read->metrics.at(0);
}

std::string errors(const std::string& spec) {
    auto const read = load_iter8_text(
        "apiVersion: iter8.tools/v2alpha2\nkind: Metric\nmetadata: {name: m}\nspec: {" + spec + "}",
        "f"
    );
    return read ? "" : to_text(read.error());
}

}  // namespace

TEST_CASE("a Prometheus metric is read as it is", "[config][iter8]") {
    auto const read = metric(
        "  description: Mean latency\n"
        "  jqExpression: .data.result[0].value[1] | tonumber\n"
        "  params:\n"
        "  - name: query\n"
        "    value: |\n"
        "      sum(rate(x{revision='$revision'}[${elapsedTime}s]))\n"
        "  provider: prometheus\n"
        "  sampleSize: iter8-knative/request-count\n"
        "  type: Gauge\n"
        "  units: milliseconds\n"
        "  urlTemplate: http://prometheus-operated.iter8-system:9090/api/v1/query\n"
    );

    CHECK(read.space == "n");
    CHECK(read.params.name == "m");
    CHECK(read.params.description == "Mean latency");
    CHECK(read.params.units == "milliseconds");
    CHECK(read.params.jq == ".data.result[0].value[1] | tonumber");
    CHECK(
        read.params.params ==
        std::vector<named_text>{{"query", "sum(rate(x{revision='$revision'}[${elapsedTime}s]))\n"}}
    );
    CHECK(read.params.sample_size == "iter8-knative/request-count");
    CHECK_FALSE(read.is_mock);
}

TEST_CASE("a metric with a body and a secret is read as it is", "[config][iter8]") {
    auto const read = metric(
        "  authType: Bearer\n"
        "  body: '{\"last\": $elapsedTime}'\n"
        "  headerTemplates: [{name: Authorization, value: Bearer $token}]\n"
        "  jqExpression: .data[0].d[0]\n"
        "  method: POST\n"
        "  sampleSize: {name: count}\n"
        "  secret: ns/sysdig\n"
        "  type: Counter\n"
        "  urlTemplate: https://secure.sysdig.com/api/data\n"
    );

    CHECK(read.params.auth == providers::auth_kind::bearer);
    CHECK(read.params.method == providers::method::post);
    CHECK(read.params.type == providers::metric_type::counter);
    CHECK(read.params.headers == std::vector<named_text>{{"Authorization", "Bearer $token"}});
    CHECK(read.params.secret_dir == "ns/sysdig");
    CHECK(read.params.sample_size == "count");
}

TEST_CASE("what is wrong in a metric is told with its place", "[config][iter8]") {
    CHECK(errors("type: Histogram").find("f:4:14: spec.type: ") == 0);
    CHECK(errors("authType: Digest").find("spec.authType") != std::string::npos);
    CHECK(errors("secret: ../../etc").find("spec.secret: expected NAME") != std::string::npos);
    CHECK(errors("params: x").find("spec.params: expected a list") != std::string::npos);
    CHECK(
        errors("params: [{value: x}]").find("spec.params[0]: expected the key 'name'") !=
        std::string::npos
    );
    CHECK(errors("mock: [{name: v, level: 5}]").empty());
}
