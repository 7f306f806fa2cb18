#include "proxy/admin/openapi_rollouts.hpp"

#include "proxy/admin/rollout_rendering.hpp"

#include "some_rollout.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <catch2/catch.hpp>

using namespace millrace::admin;
namespace json = boost::json;

namespace {

json::object parsed(const std::string& members) {
    return json::parse("{" + members + "}").as_object();
}

/// Every key of a document has to be a property of its schema.
void check_described(const json::object& document, const json::object& schema) {
    for (auto const& [key, value] : document) {
        INFO(key);
        CHECK(schema.at("properties").as_object().contains(key));
    }
}

}  // namespace

TEST_CASE("a command that decides needs a body with a reason", "[admin][openapi]") {
    auto const paths = parsed(openapi_rollout_paths());

    for (auto const& [path, operations] : paths) {
        auto const* post = operations.as_object().if_contains("post");
        if (post == nullptr) {
            continue;
        }
        bool const decides = path.ends_with("/promote") || path.ends_with("/rollback");
        INFO(path);
        CHECK(post->at("requestBody").at("required").as_bool() == decides);
    }
    CHECK(paths.size() == 7);
}

TEST_CASE("every member of a rollout's document is described", "[admin][openapi]") {
    auto const schemas = parsed(openapi_rollout_schemas());
    auto const document = json::parse(rendering::rollout(some_rollout())).as_object();
    auto const of = [&schemas](const char* name) { return schemas.at(name).as_object(); };
    auto const& candidate = document.at("candidates").as_array().at(0).as_object();
    auto const& guardrail = candidate.at("guardrails").as_array().at(0).as_object();

    check_described(document, of("rollout"));
    check_described(candidate, of("candidate"));
    check_described(guardrail, of("evidence"));
    check_described(guardrail.at("primary").as_object(), of("outcomes"));
    auto const& metric = candidate.at("metrics").as_array().at(0).as_object();
    check_described(metric, of("custom_metric"));
    check_described(metric.at("candidate").as_object(), of("reading"));
    check_described(document.at("decisions").as_array().at(0).as_object(), of("decision_record"));
}
