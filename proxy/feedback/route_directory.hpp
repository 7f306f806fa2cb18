#pragma once

#include "proxy/routing/params.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <string>

namespace millrace::feedback {

/// What is known of a route by the numbers that ids carry.
struct known_route {
    std::string name;
    routing::label_params labels;
    std::map<std::uint32_t, std::string> versions;  ///< name of the backend, by its name id
};

/// The routes of the file, by name id. Immutable; any thread.
using route_directory = std::map<std::uint32_t, known_route>;
using route_directory_ptr = std::shared_ptr<const route_directory>;

}  // namespace millrace::feedback
