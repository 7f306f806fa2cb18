#include "proxy/admin/openapi_path.hpp"

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <catch2/catch.hpp>

using namespace millrace::admin;
namespace json = boost::json;

namespace {

json::object parsed(const std::string& members) {
    return json::parse("{" + members + "}").as_object();
}

}  // namespace

TEST_CASE("a read without a token", "[admin][openapi]") {
    auto const paths = parsed(openapi_path({"/a", "get", "Shows it.", "It.", "thing", {404}}));
    auto const& get = paths.at("/a").at("get").as_object();

    CHECK(get.at("summary").as_string() == "Shows it.");
    CHECK(get.at("responses").as_object().size() == 5);
    CHECK(get.at("responses").as_object().contains("404"));
    CHECK_FALSE(get.contains("security"));
    CHECK_FALSE(get.contains("parameters"));
    CHECK_FALSE(get.contains("requestBody"));
}

TEST_CASE("a change with a name, a token and a body", "[admin][openapi]") {
    auto const paths = parsed(
        openapi_path({"/a/{name}", "post", "Does it.", "Done.", "thing", {401, 409}, "wish", false})
    );
    auto const& post = paths.at("/a/{name}").at("post").as_object();

    CHECK(post.contains("security"));
    CHECK(post.at("parameters").as_array().size() == 1);
    CHECK_FALSE(post.at("requestBody").at("required").as_bool());
}

TEST_CASE("several paths are members of one object", "[admin][openapi]") {
    auto const paths =
        parsed(openapi_paths({{"/a", "get", "A.", "A.", ""}, {"/b", "get", "B.", "B.", ""}}));

    CHECK(paths.size() == 2);
}
