#pragma once

#include "proxy/config/configuration.hpp"
#include "proxy/config/reader.hpp"

namespace millrace::config {

/// Labels that somebody waits for can come, in time, and can be judged: rules over the whole file.
void check_labels(reader& in, const node& root, const configuration& read);

}  // namespace millrace::config
