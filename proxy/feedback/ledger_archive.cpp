#include "proxy/feedback/ledger_archive.hpp"

#include "proxy/routing/route_table.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <boost/json/value_from.hpp>
#include <boost/json/value_to.hpp>

#include <exception>

namespace millrace::feedback {

namespace {

namespace json = boost::json;
using control::label_stream;

json::object stream_object(const label_stream& facts, std::int64_t next) {
    return {
        {"outcome", facts.outcome},
        {"takes", facts.takes == label_stream::feed::labels ? "labels" : "scores"},
        {"age_ms", facts.age.count()},
        {"min", facts.min},
        {"max", facts.max},
        {"larger_is_better", facts.larger_is_better},
        {"next", next}};
}

json::object epoch_object(const label_epoch_state& epoch) {
    json::array streams;
    for (std::size_t i = 0; i < epoch.streams.size(); ++i) {
        streams.emplace_back(stream_object(epoch.facts.streams[i], epoch.streams[i].next));
    }
    return {
        {"rollout", epoch.facts.rollout.value},
        {"epoch", epoch.facts.epoch},
        {"versions", json::value_from(epoch.facts.versions)},
        {"masses", json::value_from(epoch.facts.masses)},
        {"ended", epoch.ended ? json::value(*epoch.ended) : json::value(nullptr)},
        {"streams", std::move(streams)}};
}

label_stream stream_of(const json::object& from) {
    return {
        .outcome = json::value_to<std::uint16_t>(from.at("outcome")),
        .takes =
            from.at("takes") == "labels" ? label_stream::feed::labels : label_stream::feed::scores,
        .age = rollout::milliseconds{json::value_to<std::int64_t>(from.at("age_ms"))},
        .min = json::value_to<double>(from.at("min")),
        .max = json::value_to<double>(from.at("max")),
        .larger_is_better = from.at("larger_is_better").as_bool()};
}

label_epoch_state epoch_of(const json::object& from) {
    label_epoch_state made;
    made.facts.rollout = {json::value_to<std::int64_t>(from.at("rollout"))};
    made.facts.epoch = json::value_to<std::uint32_t>(from.at("epoch"));
    made.facts.versions = json::value_to<std::vector<std::string>>(from.at("versions"));
    made.facts.masses = json::value_to<std::vector<std::uint32_t>>(from.at("masses"));
    if (auto const& ended = from.at("ended"); !ended.is_null()) {
        made.ended = json::value_to<std::int64_t>(ended);
    }
    for (auto const& version : made.facts.versions) {
        made.version_ids.push_back(routing::name_id_of(version));
    }
    for (auto const& each : from.at("streams").as_array()) {
        made.facts.streams.push_back(stream_of(each.as_object()));
        made.streams.push_back({json::value_to<std::int64_t>(each.as_object().at("next")), {}});
    }
    return made;
}

}  // namespace

std::string to_text(const std::vector<label_epoch_state>& epochs) {
    json::array all;
    for (auto const& each : epochs) {
        all.emplace_back(epoch_object(each));
    }
    return json::serialize(all);
}

std::optional<std::vector<label_epoch_state>> epochs_from_text(std::string_view text) {
    std::vector<label_epoch_state> epochs;
    try {
        auto const all = json::parse({text.data(), text.size()});
        for (auto const& each : all.as_array()) {
            epochs.push_back(epoch_of(each.as_object()));
        }
    } catch (const std::exception&) {
        return std::nullopt;  // Boost.JSON's way to say that it is something else
    }
    return epochs;
}

}  // namespace millrace::feedback
