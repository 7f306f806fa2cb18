#pragma once

#include "proxy/admin/client.hpp"
#include "proxy/app/commands.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::app {

/// A command line taken apart: options with a value, flags, and the rest in order. A value.
class options {
 public:
    struct shape {
        std::vector<std::string_view> with_value;  ///< "-c", "--config"
        std::vector<std::string_view> flags;       ///< "--json"
    };

    /// Prints what is wrong to standard error and returns nothing.
    [[nodiscard]] static std::optional<options> parse(arguments given, const shape& allowed);

    /// The last value of an option under any of its names, or nothing.
    [[nodiscard]] std::optional<std::string> value(
        std::string_view short_name, std::string_view name
    ) const;
    [[nodiscard]] bool has(std::string_view flag) const;

    [[nodiscard]] const std::vector<std::string_view>& rest() const noexcept { return rest_; }

 private:
    std::vector<std::pair<std::string_view, std::string_view>> values_;
    std::vector<std::string_view> flags_;
    std::vector<std::string_view> rest_;
};

/// True when -h or --help is among the arguments.
[[nodiscard]] bool asks_for_help(arguments given);

/// Where the running gateway's admin API is: --admin ADDRESS, else the -c file's, else the default.
/// Prints what is wrong and returns nothing.
[[nodiscard]] std::optional<admin::client> admin_client_of(const options& given);

/// The options that admin_client_of reads.
inline constexpr std::string_view admin_options_help =
    "  -c, --config FILE      take the admin address and token from this configuration\n"
    "      --admin ADDRESS    HOST:PORT or unix:/path of the admin API (default 127.0.0.1:9901)\n"
    "      --token-file FILE  where the admin token lies (default: where the gateway puts it)\n";

}  // namespace millrace::app
