// rollouts, explain, pause, resume, approve, promote, rollback: the commands about rollouts of a
// running gateway.
#include "proxy/app/admin_asking.hpp"
#include "proxy/app/commands.hpp"
#include "proxy/app/options.hpp"
#include "proxy/app/rollout_text.hpp"
#include "proxy/rollout/step.hpp"

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/core.h>

#include <cstdio>
#include <string>

namespace millrace::app {

namespace {

namespace json = boost::json;
using rollout::command;

/// The command line, and the only argument that is no option: the route.
struct asked_route {
    options given;
    std::string path;
};

std::string path_of(std::string_view route) {
    return "/api/v1/rollouts/" + admin::encoded_segment(route);
}

/// Prints what is wrong and returns nothing.
std::optional<asked_route> route_of(
    arguments given, const options::shape& shape, std::string_view name
) {
    auto parsed = options::parse(given, shape);
    if (!parsed) {
        return std::nullopt;
    }
    if (parsed->rest().size() != 1) {
        fmt::print(stderr, "millrace: {} needs one ROUTE; see --help\n", name);
        return std::nullopt;
    }
    auto path = path_of(parsed->rest().front());
    return asked_route{std::move(*parsed), std::move(path)};
}

void print_summaries(const json::object& body) {
    auto const* const all = body.if_contains("rollouts");
    if (all == nullptr) {
        fmt::print("{}", rollout_summary(body));
        return;
    }
    if (all->as_array().empty()) {
        fmt::print("no route has a rollout\n");
    }
    for (auto const& each : all->as_array()) {
        fmt::print("{}", rollout_summary(each.as_object()));
    }
}

std::string_view meaning_of(command what) {
    switch (what) {
        case command::pause:
            return "Gives the candidates of a rollout no more weight and does not promote them, "
                   "until\n"
                   "'resume'. Rollbacks go on. Meanwhile 'weights' may set the weights.\n";
        case command::resume:
            return "Lets a rollout go on after a pause.\n";
        case command::approve:
            return "Lets happen what waits for a person: the first step, or the promotion.\n";
        case command::promote:
            return "Makes the candidate the primary, whatever the evidence says: the one that is\n"
                   "proven, else the first that is not out. The rollout ends.\n";
        case command::rollback:
            return "Takes every candidate out, whatever the evidence says. The rollout ends.\n";
        case command::confirm:
            return "Lets happen what webhooks have to confirm; only they say it.\n";
    }
    return {};
}

bool needs_why(command what) {
    return what == command::promote || what == command::rollback;
}

void print_command_help(command what) {
    bool const needed = needs_why(what);
    fmt::print(
        "usage: millrace {} ROUTE {} [OPTIONS]\n\n{}"
        "Returns when the gateway has taken the command, which it obeys within a second; "
        "'explain'\n"
        "shows what came of it.\n\n"
        "      --why TEXT         the reason, for the record{}\n"
        "{}      --json             print the API's answer as it is\n\n"
        "exit codes: 0 taken, 1 refused (no rollout, or it has ended), 2 wrong command line,\n"
        "            4 no running gateway answered\n",
        rollout::name_of(what),
        needed ? "--why TEXT" : "[--why TEXT]",
        meaning_of(what),
        needed ? "; needed" : "",
        admin_options_help
    );
}

std::string body_of(const std::string& why) {
    json::object body;
    add_reason(body, why);
    return json::serialize(body);
}

int give_command(command what, arguments given) {
    if (asks_for_help(given)) {
        print_command_help(what);
        return exit_ok;
    }
    auto const name = rollout::name_of(what);
    auto const asked = route_of(given, asking_shape({"--why"}), name);
    if (!asked) {
        return exit_bad_arguments;
    }
    auto const why = asked->given.value("", "--why").value_or("");
    if (needs_why(what) && why.empty()) {
        fmt::print(stderr, "millrace: {} needs --why TEXT\n", name);
        return exit_bad_arguments;
    }
    auto const client = admin_client_of(asked->given);
    if (!client) {
        return exit_bad_arguments;
    }
    auto const reply = client->post(fmt::format("{}/{}", asked->path, name), body_of(why));
    if (!reply.good()) {
        return report_failure(reply);
    }
    if (asked->given.has("--json")) {
        fmt::print("{}", reply.body);
    } else {
        fmt::print("{} of {}: taken\n", name, asked->given.rest().front());
    }
    return exit_ok;
}

}  // namespace

int rollouts_command(arguments given) {
    if (asks_for_help(given)) {
        fmt::print(
            "usage: millrace rollouts [ROUTE] [OPTIONS]\n\n"
            "Shows every rollout of a running gateway, or that of one route: phase, step, shares, "
            "and\n"
            "for each guardrail the evidence to roll back and to promote, of what is needed.\n\n"
            "{}      --json             print the API's answer as it is\n\n{}",
            admin_options_help,
            asking_exit_codes
        );
        return exit_ok;
    }
    auto const parsed = options::parse(given, asking_shape());
    if (!parsed || parsed->rest().size() > 1) {
        if (parsed) {
            fmt::print(stderr, "millrace: rollouts takes one ROUTE at most; see --help\n");
        }
        return exit_bad_arguments;
    }
    auto const client = admin_client_of(*parsed);
    if (!client) {
        return exit_bad_arguments;
    }
    auto const& routes = parsed->rest();
    auto const reply = client->get(routes.empty() ? "/api/v1/rollouts" : path_of(routes.front()));
    if (!reply.good()) {
        return report_failure(reply);
    }
    if (parsed->has("--json")) {
        fmt::print("{}", reply.body);
    } else {
        print_summaries(json::parse(reply.body).as_object());
    }
    return exit_ok;
}

int explain_command(arguments given) {
    if (asks_for_help(given)) {
        fmt::print(
            "usage: millrace explain ROUTE [OPTIONS]\n\n"
            "Tells the story of a route's rollout: what is asked of the evidence, what it says and "
            "what\n"
            "is missing, and each decision so far with the evidence that it was made on.\n\n"
            "{}      --json             print the API's answer as it is\n\n{}",
            admin_options_help,
            asking_exit_codes
        );
        return exit_ok;
    }
    auto const asked = route_of(given, asking_shape(), "explain");
    auto const client = asked ? admin_client_of(asked->given) : std::nullopt;
    if (!client) {
        return exit_bad_arguments;
    }
    auto const reply = client->get(asked->path);
    if (!reply.good()) {
        return report_failure(reply);
    }
    if (asked->given.has("--json")) {
        fmt::print("{}", reply.body);
    } else {
        fmt::print("{}", rollout_story(json::parse(reply.body).as_object()));
    }
    return exit_ok;
}

int pause_command(arguments given) {
    return give_command(command::pause, given);
}

int resume_command(arguments given) {
    return give_command(command::resume, given);
}

int approve_command(arguments given) {
    return give_command(command::approve, given);
}

int promote_command(arguments given) {
    return give_command(command::promote, given);
}

int rollback_command(arguments given) {
    return give_command(command::rollback, given);
}

}  // namespace millrace::app
