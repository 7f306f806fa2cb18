#include "proxy/config/iter8_loader.hpp"

#include "proxy/config/document.hpp"
#include "proxy/config/iter8_documents.hpp"
#include "proxy/config/iter8_fields.hpp"
#include "proxy/config/reader.hpp"
#include "proxy/config/source_text.hpp"
#include "proxy/config/wording.hpp"

#include <utility>

namespace millrace::config {

namespace {

constexpr const char* api_version = "iter8.tools/v2alpha2";

iter8_result failed(config_errors errors) {
    return {boost::system::in_place_error, std::move(errors)};
}

iter8_result result_of(reader& in, iter8::documents read) {
    auto errors = in.take();
    return errors.empty() ? iter8_result{boost::system::in_place_value, std::move(read)}
                          : failed(std::move(errors));
}

bool check_version(reader& in, const node& from) {
    auto const version = scalar_of(in, from, "apiVersion");
    if (version == api_version) {
        return true;
    }
    in.fail(
        from, std::string{"expected apiVersion "} + api_version + ", got " + in_quotes(version)
    );
    return false;
}

/// The metrics that the controller put beside an experiment.
void read_metrics_of_status(reader& in, const node& from, iter8::documents& to) {
    for_key(in, from, "status", [&](const node& status) {
        for_items(in, status, "metrics", [&](const node& each) {
            for_key(in, each, "metricObj", [&](const node& object) {
                read_iter8_metric(in, object, to.metrics.emplace_back());
            });
        });
    });
}

void read_document(reader& in, const node& from, iter8::documents& to) {
    if (from.kind == node::kind::null) {
        return;
    }
    auto const kind = scalar_of(in, from, "kind");
    if (kind.ends_with("List")) {
        for_items(in, from, "items", [&](const node& each) { read_document(in, each, to); });
    } else if (kind == "Experiment" && check_version(in, from)) {
        read_iter8_experiment(in, from, to.experiments.emplace_back());
        read_metrics_of_status(in, from, to);
    } else if (kind == "Metric" && check_version(in, from)) {
        read_iter8_metric(in, from, to.metrics.emplace_back());
    }
}

}  // namespace

iter8_result load_iter8_file(const std::string& path) {
    auto text = read_source(path);
    return text ? load_iter8_text(*text, path) : failed(std::move(text.error()));
}

iter8_result load_iter8_text(std::string_view text, const std::string& name) {
    auto parsed = parse_documents(text, name);
    if (!parsed.errors.empty()) {
        return failed(std::move(parsed.errors));
    }
    reader in{name};
    iter8::documents read;
    for (auto const& root : parsed.roots) {
        read_document(in, *root, read);
    }
    return result_of(in, std::move(read));
}

iter8_result load_iter8_experiment(std::string_view text, const std::string& name) {
    auto parsed = parse_document(text, name);
    if (!parsed.root) {
        return failed(std::move(parsed.errors));
    }
    reader in{name};
    iter8::documents read;
    read_iter8_experiment(in, *parsed.root, read.experiments.emplace_back());
    return result_of(in, std::move(read));
}

}  // namespace millrace::config
