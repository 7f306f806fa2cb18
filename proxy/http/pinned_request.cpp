#include "proxy/http/pinned_request.hpp"

#include <algorithm>

namespace millrace::http {

namespace {

/// Calls `visit` with every view of a head that needs memory.
template <class Visit>
void for_each_view(request_head& head, Visit&& visit) {
    visit(head.method_name);
    visit(head.target);
    visit(head.authority);
    visit(head.upgrade);
    for (auto& field : head.fields) {
        field.canonical = false;
        visit(field.name);
        visit(field.value);
    }
}

}  // namespace

pinned_request::pinned_request(const request_head& head, std::string_view first)
    : head_{head}, first_{first} {
    auto bytes = first.size();
    for_each_view(head_, [&bytes](std::string_view view) { bytes += view.size(); });
    memory_ = std::make_unique_for_overwrite<char[]>(bytes);
    auto* at = memory_.get();
    auto const move = [&at](std::string_view& view) {
        auto* const end = std::copy(view.begin(), view.end(), at);
        view = {at, end};
        at = end;
    };
    for_each_view(head_, move);
    move(first_);
    // Parts of the target that nobody asks for any more.
    head_.path = {};
    head_.query = {};
}

}  // namespace millrace::http
