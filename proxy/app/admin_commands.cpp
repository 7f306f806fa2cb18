// status, weights: the commands that ask a running gateway.
#include "proxy/app/admin_asking.hpp"
#include "proxy/app/commands.hpp"
#include "proxy/app/options.hpp"
#include "proxy/base/ascii.hpp"
#include "proxy/base/weight.hpp"

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/core.h>

#include <cstdio>
#include <map>

namespace millrace::app {

namespace {

namespace json = boost::json;

std::string cell(const json::value& number) {
    return number.is_null() ? "-" : fmt::format("{:.2f}", number.to_number<double>());
}

void print_route(const json::object& route) {
    fmt::print(
        "route {} (epoch {}, weights from {})\n",
        route.at("name").as_string().c_str(),
        route.at("epoch").to_number<std::uint64_t>(),
        route.at("weights_from").as_string().c_str()
    );
    fmt::print(
        "  {:<24} {:>8} {:>8} {:>12} {:>9} {:>9} {:>9} {:>9}\n",
        "backend",
        "weight",
        "share",
        "requests",
        "in flight",
        "errors",
        "p50 ms",
        "p99 ms"
    );
    for (auto const& each : route.at("backend_refs").as_array()) {
        auto const& ref = each.as_object();
        fmt::print(
            "  {:<24} {:>8} {:>7.2f}% {:>12} {:>9} {:>8.2f}% {:>9} {:>9}\n",
            ref.at("backend").as_string().c_str(),
            ref.at("weight").to_number<std::uint64_t>(),
            100 * ref.at("share").to_number<double>(),
            ref.at("requests").to_number<std::uint64_t>(),
            ref.at("in_flight").to_number<std::uint64_t>(),
            100 * ref.at("error_rate").to_number<double>(),
            cell(ref.at("p50_ms")),
            cell(ref.at("p99_ms"))
        );
    }
}

int print_routes(const admin::client_reply& reply, bool as_json) {
    if (!reply.good()) {
        return report_failure(reply);
    }
    if (as_json) {
        fmt::print("{}", reply.body);
        return exit_ok;
    }
    auto const body = json::parse(reply.body);
    auto const& object = body.as_object();
    if (auto const* const routes = object.if_contains("routes")) {
        for (auto const& route : routes->as_array()) {
            print_route(route.as_object());
        }
    } else {
        print_route(object);
    }
    return exit_ok;
}

/// What does not go on although the gateway serves, if anything.
void print_detail(const admin::client_reply& ready) {
    json::error_code error;
    auto const body = json::parse(ready.body, error);
    auto const* const object = error ? nullptr : body.if_object();
    auto const* const detail = object != nullptr ? object->if_contains("detail") : nullptr;
    if (detail != nullptr && detail->is_string()) {
        fmt::print("{}\n", detail->get_string().c_str());
    }
}

/// "BACKEND=WEIGHT" arguments as the body of the request; empty with a message when one is wrong.
std::string weights_body(std::span<const std::string_view> pairs, const std::string& why) {
    json::object weights;
    for (auto const pair : pairs) {
        auto const equals = pair.rfind('=');
        auto const number = equals == std::string_view::npos
                                ? std::nullopt
                                : ascii::parse_decimal(pair.substr(equals + 1));
        if (!number || *number > weight::value_max || equals == 0) {
            fmt::print(
                stderr,
                "millrace: '{}' is no BACKEND=WEIGHT with a weight of 0 to {}\n",
                pair,
                weight::value_max
            );
            return {};
        }
        weights[pair.substr(0, equals)] = *number;
    }
    json::object body{{"weights", std::move(weights)}};
    add_reason(body, why);
    return json::serialize(body);
}

}  // namespace

int status_command(arguments given) {
    if (asks_for_help(given)) {
        fmt::print(
            "usage: millrace status [OPTIONS]\n\n"
            "Shows every route of a running gateway: weights, shares, requests, errors, "
            "latencies.\n\n"
            "{}      --json             print the API's answer as it is\n\n"
            "exit codes: 0 done, 1 refused, 2 wrong command line, 4 no running gateway answered\n",
            admin_options_help
        );
        return exit_ok;
    }
    auto const parsed = options::parse(given, asking_shape());
    if (!parsed || !parsed->rest().empty()) {
        if (parsed) {
            fmt::print(stderr, "millrace: status takes no arguments\n");
        }
        return exit_bad_arguments;
    }
    auto const client = admin_client_of(*parsed);
    if (!client) {
        return exit_bad_arguments;
    }
    bool const as_json = parsed->has("--json");
    auto const code = print_routes(client->get("/api/v1/routes"), as_json);
    if (code == exit_ok && !as_json) {
        print_detail(client->get("/readyz"));
    }
    return code;
}

int weights_command(arguments given) {
    if (asks_for_help(given)) {
        fmt::print(
            "usage: millrace weights ROUTE [BACKEND=WEIGHT ...] [OPTIONS]\n\n"
            "Shows the weights of a route, or sets those that are named; the others stay. The new\n"
            "weights are in force in every worker when the command returns. Share = weight / "
            "sum.\n\n"
            "      --why TEXT         the reason, for the audit record\n"
            "{}      --json             print the API's answer as it is\n\n"
            "exit codes: 0 done, 1 refused, 2 wrong command line, 4 no running gateway answered\n",
            admin_options_help
        );
        return exit_ok;
    }
    auto const parsed = options::parse(given, asking_shape({"--why"}));
    if (!parsed || parsed->rest().empty()) {
        if (parsed) {
            fmt::print(stderr, "millrace: weights needs a ROUTE; see --help\n");
        }
        return exit_bad_arguments;
    }
    auto const client = admin_client_of(*parsed);
    if (!client) {
        return exit_bad_arguments;
    }
    auto const path = "/api/v1/routes/" + admin::encoded_segment(parsed->rest().front());
    auto const pairs = std::span{parsed->rest()}.subspan(1);
    if (!pairs.empty()) {
        auto const body = weights_body(pairs, parsed->value("", "--why").value_or(""));
        if (body.empty()) {
            return exit_bad_arguments;
        }
        if (auto const reply = client->put(path + "/weights", body); !reply.good()) {
            return report_failure(reply);
        }
    }
    return print_routes(client->get(path), parsed->has("--json"));
}

}  // namespace millrace::app
