#pragma once

#include "proxy/base/siphash.hpp"
#include "proxy/config/shape.hpp"

#include <string>

namespace millrace::config {

/// The key that an environment variable's value becomes. Read when the file is loaded.
[[nodiscard]] shape_ptr<siphash_key> secret_from_environment();

/// The key that a file's content becomes, without the line feeds at its end. Read when the
/// configuration is loaded; a regular file of at most 4 KiB; relative to the working directory.
[[nodiscard]] shape_ptr<siphash_key> secret_from_file();

/// The same as text, for secrets that are sent or that sign.
[[nodiscard]] shape_ptr<std::string> secret_text_from_environment();
[[nodiscard]] shape_ptr<std::string> secret_text_from_file();

/// Shorter secrets are refused: guessing them is all it takes to forge an id.
inline constexpr std::size_t secret_bytes_min = 16;

/// The key that places units when the file names none. Public and the same everywhere on purpose:
/// replicas without a key of their own still agree on every unit's place.
[[nodiscard]] siphash_key default_affinity_key();

}  // namespace millrace::config
