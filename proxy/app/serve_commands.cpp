// serve, check, schema: the commands that read a configuration and need no running gateway.
#include "proxy/app/commands.hpp"
#include "proxy/app/gateway.hpp"
#include "proxy/app/options.hpp"
#include "proxy/config/loader.hpp"
#include "proxy/config/schema.hpp"
#include "proxy/providers/poller.hpp"
#include "proxy/routing/route_table.hpp"

#include <fmt/core.h>

#include <cstdio>
#include <utility>

namespace millrace::app {

namespace {

const options::shape config_only{.with_value = {"-c", "--config"}, .flags = {}};

/// The file of -c, or the only other argument.
std::optional<std::string> config_path_of(const options& given) {
    auto path = given.value("-c", "--config");
    if (!path && given.rest().size() == 1) {
        path = std::string{given.rest().front()};
    }
    if (!path) {
        fmt::print(stderr, "millrace: a configuration is needed: -c FILE\n");
    }
    return path;
}

}  // namespace

int serve_command(arguments given) {
    if (asks_for_help(given)) {
        fmt::print(
            "usage: millrace serve -c FILE\n\n"
            "Runs the gateway until SIGTERM or SIGINT, which drain it (30 s at most; a second one\n"
            "ends it at once).\n\n"
            "  -c, --config FILE  the configuration\n\n"
            "signals: SIGHUP reads the configuration again, SIGUSR1 opens the access log again\n"
            "exit codes: 0 orderly end, 1 could not start or the drain took too long,\n"
            "            2 wrong command line, 3 wrong configuration\n"
        );
        return exit_ok;
    }
    auto const parsed = options::parse(given, config_only);
    auto const path = parsed ? config_path_of(*parsed) : std::nullopt;
    if (!path) {
        return exit_bad_arguments;
    }
    auto loaded = config::load_file(*path);
    if (!loaded) {
        fmt::print(stderr, "{}", config::to_text(loaded.error()));
        return exit_bad_config;
    }
    return gateway{std::move(*loaded), *path}.run();
}

int check_command(arguments given) {
    if (asks_for_help(given)) {
        fmt::print(
            "usage: millrace check -c FILE\n\n"
            "Validates a configuration and prints every error with its place.\n\n"
            "  -c, --config FILE  the configuration\n\n"
            "exit codes: 0 valid, 2 wrong command line, 3 wrong configuration\n"
        );
        return exit_ok;
    }
    auto const parsed = options::parse(given, config_only);
    auto const path = parsed ? config_path_of(*parsed) : std::nullopt;
    if (!path) {
        return exit_bad_arguments;
    }
    auto const loaded = config::load_file(*path);
    if (!loaded) {
        fmt::print(stderr, "{}", config::to_text(loaded.error()));
        return exit_bad_config;
    }
    auto compiled = routing::route_table::compile(loaded->table, {});
    auto const problems = providers::expression_problems(config::all_metrics(*loaded));
    compiled.errors.insert(compiled.errors.end(), problems.begin(), problems.end());
    for (auto const& error : compiled.errors) {
        fmt::print(stderr, "{}: {}\n", *path, error);
    }
    if (!compiled.errors.empty()) {
        return exit_bad_config;
    }
    fmt::print(
        "{}: valid, {} listeners, {} routes, {} backends\n",
        *path,
        loaded->listeners.size(),
        loaded->table.routes.size(),
        loaded->table.backends.size()
    );
    return exit_ok;
}

int schema_command(arguments given) {
    if (asks_for_help(given)) {
        fmt::print("usage: millrace schema\n\nPrints the JSON Schema of the configuration file.\n");
        return exit_ok;
    }
    if (!given.empty()) {
        fmt::print(stderr, "millrace: schema takes no arguments\n");
        return exit_bad_arguments;
    }
    fmt::print("{}", config::json_schema());
    return exit_ok;
}

}  // namespace millrace::app
