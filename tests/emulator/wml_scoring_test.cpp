#include "tests/emulator/wml_scoring.hpp"

#include <boost/json.hpp>
#include <catch2/catch.hpp>

#include <string>
#include <string_view>

namespace {

constexpr std::string_view target = "/ml/v4/deployments/risk/predictions?version=2026-01-01";
constexpr std::string_view trace = "0123456789abcdef0123456789abcdef";

emulator::scored scored_by(
    std::string_view version, std::string_view body, std::string_view to = target
) {
    return emulator::score(emulator::risk_model{version}, to, body, trace);
}

boost::json::value parsed(const emulator::scored& answer) {
    return boost::json::parse(answer.body);
}

double risk_of_row(const emulator::scored& answer, std::size_t row) {
    const boost::json::value document = parsed(answer);
    return document.at("predictions").at(0).at("values").at(row).at(1).at(1).as_double();
}

}  // namespace

TEST_CASE("every row gets a prediction, in the order of the request", "[emulator]") {
    const auto answer = scored_by(
        "v1", R"({"input_data":[{"fields":["tenure","plan"],"values":[[12,"basic"],[48,"pro"]]}]})"
    );

    REQUIRE(answer.status == 200);
    const boost::json::value set = parsed(answer).at("predictions").at(0);
    CHECK(set.at("fields") == boost::json::value{"prediction", "probability"});
    REQUIRE(set.at("values").as_array().size() == 2);
    const double risk = risk_of_row(answer, 1);
    CHECK((risk > 0 && risk < 1));
    CHECK(set.at("values").at(1).at(0) == (risk >= 0.5 ? "risk" : "no risk"));
}

TEST_CASE("the same version and row always get the same answer", "[emulator]") {
    const std::string_view body = R"({"input_data":[{"values":[[1,2,3]]}]})";

    CHECK(scored_by("v1", body).body == scored_by("v1", body).body);
    CHECK(scored_by("v1", body).body != scored_by("v2", body).body);
}

TEST_CASE("fields, ids and unknown keys are optional", "[emulator]") {
    const auto answer = scored_by(
        "v1", R"({"space_id":"s","input_data":[{"id":"a","values":[[true,null,[1,2]]]}]})"
    );

    CHECK(answer.status == 200);
}

TEST_CASE("a request without one well-formed version is refused", "[emulator]") {
    const std::string_view body = R"({"input_data":[{"values":[[1]]}]})";
    const std::string path = "/ml/v4/deployments/risk/predictions";

    for (const char* query :
         {"",
          "?version=",
          "?version=today",
          "?version=2026-1-1",
          "?xversion=2026-01-01",
          "?version=2026-01-01&version=2026-01-02"}) {
        CAPTURE(query);
        const auto answer = scored_by("v1", body, path + query);
        CHECK(answer.status == 400);
        const boost::json::value document = parsed(answer);
        CHECK(document.at("errors").at(0).at("code") == "invalid_request_entity");
        CHECK(document.at("trace").as_string() == trace.data());
        CHECK(document.at("status_code") == 400);
    }
    CHECK(scored_by("v1", body, path + "?a=b&version=2026-01-01&c").status == 200);
}

TEST_CASE("bodies that are no scoring requests are refused", "[emulator]") {
    for (const char* body :
         {"",
          "{",
          "[]",
          "{}",
          R"({"input_data":{}})",
          R"({"input_data":[]})",
          R"({"input_data":[{}]})",
          R"({"input_data":[{"values":7}]})",
          R"({"input_data":[{"fields":["a","b"],"values":[[1]]}]})",
          R"({"input_data":[{"fields":"a","values":[[1]]}]})"}) {
        CAPTURE(body);
        CHECK(scored_by("v1", body).status == 400);
    }
}

TEST_CASE("only a scoring path names a deployment", "[emulator]") {
    CHECK(emulator::deployment_of("/ml/v4/deployments/risk/predictions") == "risk");
    CHECK(emulator::deployment_of("/ml/v4/deployments//predictions").empty());
    CHECK(emulator::deployment_of("/ml/v4/deployments/a/b/predictions").empty());
    CHECK(emulator::deployment_of("/ml/v4/deployments/risk").empty());
    CHECK(emulator::deployment_of("/").empty());
}
