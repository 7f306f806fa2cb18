// stats: the functions of proxy/stats on the command line, for people and for other programs'
// tests.
#include "proxy/app/commands.hpp"
#include "proxy/app/options.hpp"
#include "proxy/app/stats_functions.hpp"

#include <boost/json/parse.hpp>
#include <fmt/core.h>

#include <cstdio>
#include <optional>
#include <string>

namespace millrace::app {

namespace json = boost::json;

namespace {

void print_function(const stats_function& function) {
    fmt::print("\n{}: {}\n", function.name, function.summary);
    for (auto const& argument : function.arguments) {
        fmt::print("    {:<22} {}\n", argument.name, argument.text);
    }
}

void print_help() {
    fmt::print(
        "usage: millrace stats FUNCTION --json ARGUMENTS\n\n"
        "Computes one function of the statistics that rollouts are decided by and prints the "
        "result\n"
        "as JSON. Needs neither a configuration nor a running gateway.\n\n"
        "      --json ARGUMENTS  a JSON object; '-' reads it from standard input\n\n"
        "A result that is no finite number is printed as null. What stands behind a blank in\n"
        "FUNCTION is a note.\n\n"
        "exit codes: 0 done, 1 the computation failed, 2 wrong function or arguments\n\n"
        "functions and their arguments:\n"
    );
    for (auto const& function : stats_functions()) {
        print_function(function);
    }
}

std::string standard_input() {
    std::string text;
    for (int c = std::getchar(); c != EOF; c = std::getchar()) {
        text += static_cast<char>(c);
    }
    return text;
}

// The object that the text holds; prints what is wrong with it.
std::optional<json::object> object_of(std::string_view text) {
    json::error_code error;
    auto const parsed = json::parse({text.data(), text.size()}, error);
    if (error) {
        fmt::print(stderr, "millrace: --json is no JSON: {}\n", error.message());
        return std::nullopt;
    }
    if (!parsed.is_object()) {
        fmt::print(stderr, "millrace: --json must be an object\n");
        return std::nullopt;
    }
    return parsed.get_object();
}

int call(const stats_function& function, const json::object& given) {
    auto const answer = function.call(given);
    for (auto const& error : answer.errors) {
        fmt::print(stderr, "millrace: {}: {}\n", function.name, error);
    }
    if (!answer.errors.empty()) {
        return exit_bad_arguments;
    }
    fmt::print("{}\n", to_text(answer.value));
    return exit_ok;
}

}  // namespace

int stats_command(arguments given) {
    if (given.empty() || asks_for_help(given)) {
        print_help();
        return exit_ok;
    }
    auto const parsed = options::parse(given, {.with_value = {"--json"}, .flags = {}});
    if (!parsed) {
        return exit_bad_arguments;
    }
    auto const text = parsed->value("", "--json");
    if (parsed->rest().size() != 1 || !text) {
        fmt::print(stderr, "millrace: stats needs FUNCTION and --json ARGUMENTS; see --help\n");
        return exit_bad_arguments;
    }
    auto const* function = find_stats_function(parsed->rest().front());
    if (function == nullptr) {
        fmt::print(
            stderr,
            "millrace: unknown function '{}'; see 'millrace stats --help'\n",
            parsed->rest().front()
        );
        return exit_bad_arguments;
    }
    auto const object = object_of(*text == "-" ? standard_input() : *text);
    return object ? call(*function, *object) : exit_bad_arguments;
}

}  // namespace millrace::app
