#include "proxy/app/import_text.hpp"

#include "proxy/config/metric_writing.hpp"
#include "proxy/config/render.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace millrace::app {

namespace {

/// On one line, whatever the documents hold.
std::string comment(std::string text) {
    std::replace_if(
        text.begin(), text.end(), [](char c) { return c == '\n' || c == '\r'; }, ' '
    );
    return "# " + text + "\n";
}

}  // namespace

std::string import_text(const iter8::imported& made, std::string_view name) {
    auto text = comment(fmt::format("Imported from Iter8's experiment {}.", name));
    for (auto const& each : made.notes) {
        text += comment(each);
    }
    auto document = made.document;
    if (!made.metrics.empty()) {
        document["custom_metrics"] = config::write_metrics(made.metrics);
    }
    return text + config::block_yaml(document);
}

}  // namespace millrace::app
