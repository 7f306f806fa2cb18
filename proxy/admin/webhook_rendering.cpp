#include "proxy/admin/webhook_rendering.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <utility>

namespace millrace::admin::rendering {

namespace {

namespace json = boost::json;

json::object object_of(const webhook_view& one) {
    return {
        {"name", one.name},
        {"authority", one.authority},
        {"queued", one.queued},
        {"delivered", one.delivered},
        {"failed_attempts", one.failed_attempts},
        {"dead_letters", one.dead_letters},
        {"last_error", one.last_error},
    };
}

json::object object_of(const dead_letter_view& one) {
    boost::system::error_code error;
    auto event = json::parse({one.event.data(), one.event.size()}, error);
    return {
        {"id", one.id},
        {"time", one.time},
        {"webhook", one.webhook},
        {"event_id", one.event_id},
        {"event", error ? json::value(nullptr) : std::move(event)},
        {"attempts", one.attempts},
        {"reason", one.reason},
    };
}

template <class View>
std::string list_of(const char* name, const std::vector<View>& all) {
    json::array list;
    for (auto const& one : all) {
        list.push_back(object_of(one));
    }
    return json::serialize(json::object{{name, std::move(list)}}) + "\n";
}

}  // namespace

std::string webhooks(const std::vector<webhook_view>& all) {
    return list_of("webhooks", all);
}

std::string dead_letters(const std::vector<dead_letter_view>& all) {
    return list_of("dead_letters", all);
}

}  // namespace millrace::admin::rendering
