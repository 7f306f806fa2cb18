#include "proxy/admin/openapi_feedback.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <catch2/catch.hpp>

#include <string>

namespace json = boost::json;

TEST_CASE("a label is described with its three ways to say it", "[admin][openapi]") {
    auto const paths =
        json::parse("{" + std::string{millrace::admin::openapi_feedback_paths()} + "}");
    auto const schemas =
        json::parse("{" + std::string{millrace::admin::openapi_feedback_schemas()} + "}");

    auto const& post = paths.at("/feedback").at("post");
    CHECK(post.at("security").as_array().at(0).as_object().contains("feedback_token"));
    CHECK(post.at("requestBody").at("content").as_object().size() == 2);
    auto const& label = schemas.at("label").at("properties").as_object();
    for (auto const* const member : {"id", "label", "score", "true_value"}) {
        CHECK(label.contains(member));
    }
    CHECK(schemas.at("label_results").at("properties").as_object().size() == 2);
}
