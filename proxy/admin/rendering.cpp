#include "proxy/admin/rendering.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

namespace millrace::admin::rendering {

namespace {

namespace json = boost::json;

std::string line_of(const json::value& document) {
    return json::serialize(document) + "\n";
}

json::value milliseconds_of(std::optional<std::chrono::nanoseconds> latency) {
    using milliseconds = std::chrono::duration<double, std::milli>;
    return latency ? json::value(milliseconds{*latency}.count()) : json::value(nullptr);
}

json::array strings_of(const std::vector<std::string>& texts) {
    json::array all;
    for (const auto& text : texts) {
        all.emplace_back(text);
    }
    return all;
}

json::object object_of(const route_status& one) {
    json::array refs;
    for (const auto& ref : one.backend_refs) {
        refs.push_back(json::object{
            {"backend", ref.backend},
            {"weight", ref.weight},
            {"share", ref.share},
            {"requests", ref.requests},
            {"in_flight", ref.in_flight},
            {"error_rate", ref.error_rate},
            {"p50_ms", milliseconds_of(ref.latency_p50)},
            {"p99_ms", milliseconds_of(ref.latency_p99)},
        });
    }
    return {
        {"name", one.name},
        {"epoch", one.epoch},
        {"weights_from", one.weights_from},
        {"backend_refs", std::move(refs)},
    };
}

}  // namespace

std::string condition(const admin::condition& good) {
    json::object document{{"status", "ok"}};
    if (!good.detail.empty()) {
        document["detail"] = good.detail;
    }
    return line_of(document);
}

std::string routes(const std::vector<route_status>& all) {
    json::array list;
    for (const auto& one : all) {
        list.push_back(object_of(one));
    }
    return line_of(json::object{{"routes", std::move(list)}});
}

std::string route(const route_status& one) {
    auto document = object_of(one);
    json::array pieces;
    for (const auto& piece : one.partition) {
        pieces.push_back(json::object{
            {"backend", piece.backend}, {"begin", piece.begin}, {"end", piece.end}});
    }
    document["partition"] = std::move(pieces);
    return line_of(document);
}

std::string backends(const std::vector<backend_status>& all) {
    json::array list;
    for (const auto& one : all) {
        json::array endpoints;
        for (const auto& endpoint : one.endpoints) {
            endpoints.push_back(json::object{
                {"authority", endpoint.authority}, {"addresses", strings_of(endpoint.addresses)}});
        }
        list.push_back(json::object{
            {"name", one.name},
            {"endpoints", std::move(endpoints)},
            {"connections", one.connections},
            {"connections_max", one.connections_max},
        });
    }
    return line_of(json::object{{"backends", std::move(list)}});
}

std::string build(const build_description& build) {
    return line_of(json::object{
        {"version", build.version},
        {"revision", build.revision},
        {"build_type", build.build_type},
        {"compiler", build.compiler},
    });
}

std::string reload_errors(const std::vector<std::string>& errors) {
    return line_of(json::object{
        {"error", "the configuration is wrong; the old one stays in force"},
        {"reason", "invalid_configuration"},
        {"errors", strings_of(errors)},
    });
}

}  // namespace millrace::admin::rendering
