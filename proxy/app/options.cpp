#include "proxy/app/options.hpp"

#include "proxy/config/address.hpp"
#include "proxy/config/loader.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cstdio>

namespace millrace::app {

namespace {

bool contains(const std::vector<std::string_view>& list, std::string_view name) {
    return std::find(list.begin(), list.end(), name) != list.end();
}

}  // namespace

std::optional<options> options::parse(arguments given, const shape& allowed) {
    options parsed;
    for (std::size_t i = 0; i < given.size(); ++i) {
        auto const argument = given[i];
        auto const equals = argument.find('=');
        auto const name = argument.substr(0, equals);
        if (!argument.starts_with('-')) {
            parsed.rest_.push_back(argument);
        } else if (contains(allowed.flags, argument)) {
            parsed.flags_.push_back(argument);
        } else if (!contains(allowed.with_value, name)) {
            fmt::print(stderr, "millrace: unknown option '{}'; see --help\n", argument);
            return std::nullopt;
        } else if (equals != std::string_view::npos) {
            parsed.values_.emplace_back(name, argument.substr(equals + 1));
        } else if (i + 1 < given.size()) {
            parsed.values_.emplace_back(name, given[++i]);
        } else {
            fmt::print(stderr, "millrace: option '{}' needs a value\n", argument);
            return std::nullopt;
        }
    }
    return parsed;
}

std::optional<std::string> options::value(std::string_view short_name, std::string_view name)
    const {
    for (auto each = values_.rbegin(); each != values_.rend(); ++each) {
        if (each->first == short_name || each->first == name) {
            return std::string{each->second};
        }
    }
    return std::nullopt;
}

bool options::has(std::string_view flag) const {
    return contains(flags_, flag);
}

bool asks_for_help(arguments given) {
    return std::any_of(given.begin(), given.end(), [](std::string_view argument) {
        return argument == "-h" || argument == "--help";
    });
}

std::optional<admin::client> admin_client_of(const options& given) {
    admin::client_params where;
    if (auto const file = given.value("-c", "--config")) {
        auto const loaded = config::load_file(*file);
        if (!loaded) {
            fmt::print(stderr, "{}", config::to_text(loaded.error()));
            return std::nullopt;
        }
        where.address = loaded->admin.address;
        where.port = loaded->admin.port;
        where.unix_path = loaded->admin.unix_path;
        where.token_file = loaded->admin.token_file;
    }
    if (auto const address = given.value("", "--admin")) {
        if (address->starts_with("unix:")) {
            where.unix_path = address->substr(5);
        } else if (auto const parsed = config::parse_host_port(*address)) {
            where.address = parsed->host;
            where.port = parsed->port;
            where.unix_path.clear();
        } else {
            fmt::print(stderr, "millrace: '{}' is no HOST:PORT or unix:/path\n", *address);
            return std::nullopt;
        }
    }
    if (auto const file = given.value("", "--token-file")) {
        where.token_file = *file;
    }
    return admin::client{where};
}

}  // namespace millrace::app
