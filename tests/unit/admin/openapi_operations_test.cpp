#include "proxy/admin/openapi_operations.hpp"

#include "proxy/admin/audit.hpp"
#include "proxy/admin/webhook_rendering.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <catch2/catch.hpp>

using namespace millrace::admin;
namespace json = boost::json;

namespace {

/// Every key of the only element of a document's list has to be a property of its schema.
void check_described(const std::string& text, const char* list) {
    auto const schemas = json::parse("{" + openapi_operation_schemas() + "}").as_object();
    auto const document = json::parse(text).as_object();
    auto const& known = schemas.at(list).at("properties").at(list).at("items").at("properties");
    for (auto const& [key, value] : document.at(list).as_array().at(0).as_object()) {
        INFO(key);
        CHECK(known.as_object().contains(key));
    }
}

}  // namespace

TEST_CASE("every member of the new documents is described", "[admin][openapi]") {
    check_described(rendering::audit({audit_entry{}}), "audit");
    check_described(rendering::webhooks({webhook_view{}}), "webhooks");
    check_described(rendering::dead_letters({dead_letter_view{}}), "dead_letters");
}

TEST_CASE("their paths need a token", "[admin][openapi]") {
    auto const paths = json::parse("{" + openapi_operation_paths() + "}").as_object();

    CHECK(paths.size() == 4);
    for (auto const& [path, methods] : paths) {
        INFO(path);
        CHECK(methods.as_object().begin()->value().as_object().contains("security"));
    }
}
