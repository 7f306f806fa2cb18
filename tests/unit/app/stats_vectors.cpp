#include "tests/unit/app/stats_vectors.hpp"

#include <boost/json/parse.hpp>
#include <catch2/catch.hpp>

#include <cmath>
#include <fstream>
#include <sstream>
#include <vector>

namespace millrace::app::testing {

namespace json = boost::json;

namespace {

json::value read_file(const std::string& path) {
    std::ifstream const file{path};
    REQUIRE(file);
    std::stringstream text;
    text << file.rdbuf();
    return json::parse(text.str());
}

void compare(const json::value& found, const json::value& expected, double tolerance) {
    CAPTURE(to_text(found), to_text(expected));
    if (expected.is_null()) {
        CHECK((found.is_null() || std::isnan(found.as_double())));
    } else if (expected.is_number()) {
        REQUIRE(found.is_number());
        auto const number = expected.to_number<double>();
        auto const unit = std::max(1.0, std::abs(number));
        CHECK(std::abs(found.to_number<double>() - number) <= tolerance * unit);
    } else if (expected.is_array()) {
        REQUIRE(found.as_array().size() == expected.as_array().size());
        for (std::size_t i = 0; i < expected.as_array().size(); ++i) {
            compare(found.at(i), expected.at(i), tolerance);
        }
    } else if (expected.is_object()) {
        for (auto const& member : expected.as_object()) {
            compare(found.at(member.key()), member.value(), tolerance);
        }
    } else {
        CHECK(found == expected);
    }
}

void check_case(const json::object& given) {
    auto const name = std::string{given.at("function").as_string()};
    CAPTURE(name, given.at("source").as_string().c_str());
    auto const* function = find_stats_function(name);
    REQUIRE(function != nullptr);

    auto const answer = function->call(given.at("args").as_object());

    CAPTURE(answer.errors);
    REQUIRE(answer.errors.empty());
    auto const* tolerance = given.if_contains("tolerance");
    compare(
        answer.value, given.at("expected"), tolerance != nullptr ? tolerance->as_double() : 0.0
    );
}

}  // namespace

void check_vectors(const std::string& file) {
    auto const document = read_file(MILLRACE_SOURCE_DIR "/tests/vectors/" + file);
    auto const& cases = document.at("cases").as_array();
    REQUIRE_FALSE(cases.empty());
    for (auto const& each : cases) {
        check_case(each.as_object());
    }
}

stats_answer called(std::string_view name, std::string_view arguments) {
    auto const* function = find_stats_function(name);
    REQUIRE(function != nullptr);
    return function->call(json::parse({arguments.data(), arguments.size()}).as_object());
}

bool refused(std::string_view name, std::string_view arguments, std::string_view complaint) {
    auto const answer = called(name, arguments);
    return answer.errors.size() == 1 && answer.errors.front().find(complaint) != std::string::npos;
}

}  // namespace millrace::app::testing
