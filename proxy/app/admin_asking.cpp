#include "proxy/app/admin_asking.hpp"

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <fmt/core.h>

#include <cstdio>
#include <cstdlib>

namespace millrace::app {

namespace json = boost::json;

options::shape asking_shape(std::vector<std::string_view> with_value) {
    options::shape shape{
        .with_value = {"-c", "--config", "--admin", "--token-file"}, .flags = {"--json"}};
    shape.with_value.insert(shape.with_value.end(), with_value.begin(), with_value.end());
    return shape;
}

void add_reason(json::object& body, const std::string& why) {
    body["why"] = why;
    // One thread, and nobody changes the environment.
    if (auto const* const user = std::getenv("USER")) {  // NOLINT(concurrency-mt-unsafe)
        body["who"] = user;
    }
}

int report_failure(const admin::client_reply& reply) {
    if (reply.status == 0) {
        fmt::print(stderr, "millrace: {}\n", reply.error);
        return exit_unreachable;
    }
    json::error_code error;
    auto const body = json::parse(reply.body, error);
    auto const* const object = error ? nullptr : body.if_object();
    auto const* const text = object != nullptr ? object->if_contains("error") : nullptr;
    if (text != nullptr && text->is_string()) {
        fmt::print(stderr, "millrace: {} (status {})\n", text->get_string().c_str(), reply.status);
    } else {
        fmt::print(stderr, "millrace: the gateway answered with status {}\n", reply.status);
    }
    return exit_failed;
}

}  // namespace millrace::app
