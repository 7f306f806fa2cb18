// Iter8's Metric, v2alpha2: api/v2alpha2/metric_types.go of github.com/iter8-tools/etc3.
#include "proxy/config/iter8_documents.hpp"
#include "proxy/config/iter8_fields.hpp"

#include <re2/re2.h>

namespace millrace::config {

namespace {

using providers::auth_kind;
using providers::metric_params;

std::vector<providers::named_text> named_texts(reader& in, const node& from, std::string_view key) {
    std::vector<providers::named_text> all;
    for_items(in, from, key, [&](const node& each) {
        auto name = required_scalar_of(in, each, "name");
        all.push_back({std::move(name), scalar_of(in, each, "value")});
    });
    return all;
}

auth_kind auth_of(reader& in, const node& spec) {
    static const std::vector<std::string> names{"Basic", "Bearer", "APIKey"};
    auto const found = choice_of(in, spec, "authType", names);
    if (!found) {
        return auth_kind::none;
    }
    return *found == 0 ? auth_kind::basic : *found == 1 ? auth_kind::bearer : auth_kind::api_key;
}

/// A name, or a mapping with one, as earlier documents have it.
std::string sample_size_of(reader& in, const node& spec) {
    auto const* value = spec.find("sampleSize");
    if (value == nullptr || value->kind != node::kind::mapping) {
        return scalar_of(in, spec, "sampleSize");
    }
    std::string name;
    for_key(in, spec, "sampleSize", [&](const node& from) {
        name = required_scalar_of(in, from, "name");
    });
    return name;
}

void read_spec(reader& in, const node& spec, iter8::metric& to) {
    auto& params = to.params;
    params.description = scalar_of(in, spec, "description");
    params.units = scalar_of(in, spec, "units");
    params.provider = scalar_of(in, spec, "provider");
    params.url = scalar_of(in, spec, "urlTemplate");
    params.jq = scalar_of(in, spec, "jqExpression");
    params.body = scalar_of(in, spec, "body");
    params.params = named_texts(in, spec, "params");
    params.headers = named_texts(in, spec, "headerTemplates");
    params.auth = auth_of(in, spec);
    params.sample_size = sample_size_of(in, spec);
    if (choice_of(in, spec, "type", {"Gauge", "Counter"}) == 1) {
        params.type = providers::metric_type::counter;
    }
    if (choice_of(in, spec, "method", {"GET", "POST"}) == 1) {
        params.method = providers::method::post;
    }
    for_key(in, spec, "secret", [&](const node& value) {
        static const RE2 reference{"[A-Za-z0-9][A-Za-z0-9.-]*(/[A-Za-z0-9][A-Za-z0-9.-]*)?"};
        if (RE2::FullMatch(value.text, reference)) {
            params.secret_dir = value.text;
        } else {
            in.fail(value, "expected NAME or NAMESPACE/NAME of a secret");
        }
    });
    for_key(in, spec, "mock", [&](const node&) { to.is_mock = true; });
}

}  // namespace

void read_iter8_metric(reader& in, const node& from, iter8::metric& to) {
    for_key(in, from, "metadata", [&](const node& metadata) {
        to.params.name = required_scalar_of(in, metadata, "name");
        to.space = scalar_of(in, metadata, "namespace");
    });
    for_key(in, from, "spec", [&](const node& spec) { read_spec(in, spec, to); });
}

}  // namespace millrace::config
