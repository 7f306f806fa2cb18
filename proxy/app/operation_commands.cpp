// audit, webhooks: the commands about who changed what, and about what webhooks were told.
#include "proxy/app/admin_asking.hpp"
#include "proxy/app/commands.hpp"
#include "proxy/app/options.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <fmt/core.h>

#include <cstdint>
#include <cstdio>
#include <string>

namespace millrace::app {

namespace {

namespace json = boost::json;

const char* text(const json::value& of, const char* key) {
    return of.at(key).as_string().c_str();
}

std::uint64_t count(const json::value& of, const char* key) {
    return of.at(key).to_number<std::uint64_t>();
}

void print_audit(const json::value& body) {
    for (auto const& one : body.at("audit").as_array()) {
        std::string const who = text(one, "who");
        std::string const said = text(one, "said");
        fmt::print(
            "{}  {:<16} {:<8} {:<15} {} {:<24} {}{}{}\n",
            text(one, "time"),
            (who.empty() ? "?" : who) + (said.empty() ? "" : " (" + said + ")"),
            text(one, "role"),
            text(one, "from"),
            count(one, "status"),
            text(one, "outcome"),
            text(one, "action"),
            *text(one, "why") == '\0' ? "" : ": ",
            text(one, "why")
        );
    }
}

void print_webhooks(const json::value& webhooks, const json::value& letters) {
    fmt::print(
        "{:<20} {:<28} {:>8} {:>10} {:>8} {:>6}  {}\n",
        "webhook",
        "at",
        "queued",
        "delivered",
        "failed",
        "dead",
        "last error"
    );
    for (auto const& one : webhooks.at("webhooks").as_array()) {
        fmt::print(
            "{:<20} {:<28} {:>8} {:>10} {:>8} {:>6}  {}\n",
            text(one, "name"),
            text(one, "authority"),
            count(one, "queued"),
            count(one, "delivered"),
            count(one, "failed_attempts"),
            count(one, "dead_letters"),
            text(one, "last_error")
        );
    }
    for (auto const& one : letters.at("dead_letters").as_array()) {
        fmt::print(
            "dead letter {}: {} to {}, {}: {}\n",
            count(one, "id"),
            text(one, "event_id"),
            text(one, "webhook"),
            text(one, "time"),
            text(one, "reason")
        );
    }
}

int show_webhooks(const admin::client& client, bool as_json) {
    auto const webhooks = client.get("/api/v1/webhooks");
    if (!webhooks.good()) {
        return report_failure(webhooks);
    }
    auto const letters = client.get("/api/v1/dead-letters");
    if (!letters.good()) {
        return report_failure(letters);
    }
    if (as_json) {
        fmt::print("{}{}", webhooks.body, letters.body);
    } else {
        print_webhooks(json::parse(webhooks.body), json::parse(letters.body));
    }
    return exit_ok;
}

int resend(const admin::client& client, std::string_view id) {
    auto const reply =
        client.post("/api/v1/dead-letters/" + admin::encoded_segment(id) + "/resend");
    if (!reply.good()) {
        return report_failure(reply);
    }
    fmt::print("dead letter {}: queued\n", id);
    return exit_ok;
}

/// Of every dead letter; the first refusal ends it.
int resend_all(const admin::client& client) {
    auto const letters = client.get("/api/v1/dead-letters");
    if (!letters.good()) {
        return report_failure(letters);
    }
    auto const body = json::parse(letters.body);
    for (auto const& one : body.at("dead_letters").as_array()) {
        if (auto const code = resend(client, std::to_string(count(one, "id"))); code != exit_ok) {
            return code;
        }
    }
    return exit_ok;
}

}  // namespace

int audit_command(arguments given) {
    if (asks_for_help(given)) {
        fmt::print(
            "usage: millrace audit [OPTIONS]\n\n"
            "Shows who asked a running gateway for which change, why, and what came of it: the\n"
            "newest 1000, refused ones too. Needs a token of any role.\n\n"
            "{}      --json             print the API's answer as it is\n\n{}",
            admin_options_help,
            asking_exit_codes
        );
        return exit_ok;
    }
    auto const parsed = options::parse(given, asking_shape());
    if (!parsed || !parsed->rest().empty()) {
        if (parsed) {
            fmt::print(stderr, "millrace: audit takes no arguments\n");
        }
        return exit_bad_arguments;
    }
    auto const client = admin_client_of(*parsed);
    if (!client) {
        return exit_bad_arguments;
    }
    auto const reply = client->get("/api/v1/audit");
    if (!reply.good()) {
        return report_failure(reply);
    }
    if (parsed->has("--json")) {
        fmt::print("{}", reply.body);
    } else {
        print_audit(json::parse(reply.body));
    }
    return exit_ok;
}

int webhooks_command(arguments given) {
    if (asks_for_help(given)) {
        fmt::print(
            "usage: millrace webhooks [resend ID|all] [OPTIONS]\n\n"
            "Shows what the webhooks of a running gateway were sent since it began, and the dead\n"
            "letters: events that a webhook did not take. 'resend' has one of them sent again, or\n"
            "all. Needs a token; 'resend' one that may operate.\n\n"
            "{}      --json             print the API's answers as they are\n\n{}",
            admin_options_help,
            asking_exit_codes
        );
        return exit_ok;
    }
    auto const parsed = options::parse(given, asking_shape());
    if (!parsed) {
        return exit_bad_arguments;
    }
    auto const& rest = parsed->rest();
    if (!rest.empty() && (rest.size() != 2 || rest.front() != "resend")) {
        fmt::print(stderr, "millrace: webhooks takes nothing, or 'resend ID|all'; see --help\n");
        return exit_bad_arguments;
    }
    auto const client = admin_client_of(*parsed);
    if (!client) {
        return exit_bad_arguments;
    }
    if (rest.empty()) {
        return show_webhooks(*client, parsed->has("--json"));
    }
    return rest[1] == "all" ? resend_all(*client) : resend(*client, rest[1]);
}

}  // namespace millrace::app
