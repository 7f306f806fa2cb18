#pragma once

#include "proxy/admin/client.hpp"
#include "proxy/app/options.hpp"

#include <boost/json/object.hpp>

#include <string>
#include <string_view>
#include <vector>

/// What the commands share that ask a running gateway.
namespace millrace::app {

/// The options of admin_client_of, --json, and more of the command's own.
[[nodiscard]] options::shape asking_shape(std::vector<std::string_view> with_value = {});

/// Prints what the gateway said about a request that failed; the exit code of the command.
[[nodiscard]] int report_failure(const admin::client_reply& reply);

/// Says in a request's body why it is made, and who the user of this shell is.
void add_reason(boost::json::object& body, const std::string& why);

/// The end of the help of such a command.
inline constexpr std::string_view asking_exit_codes =
    "exit codes: 0 done, 1 refused, 2 wrong command line, 4 no running gateway answered\n";

}  // namespace millrace::app
