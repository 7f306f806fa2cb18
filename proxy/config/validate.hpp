#pragma once

#include "proxy/config/configuration.hpp"
#include "proxy/config/reader.hpp"

namespace millrace::config {

/// The rules between distant values: names that must exist or be unique, routes that no request
/// can reach, addresses that collide. Expects `read` as the shapes filled it from `root`, also when
/// they reported errors: what those left empty is passed over.
void validate(reader& in, const node& root, const configuration& read);

/// Does every request that `later` takes also match `earlier`? True only when it is certain:
/// regular expressions are compared as texts.
[[nodiscard]] bool covers(const routing::match_params& earlier, const routing::match_params& later);

}  // namespace millrace::config
