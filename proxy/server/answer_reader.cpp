#include "proxy/server/answer_reader.hpp"

#include "proxy/base/ascii.hpp"
#include "proxy/net/frame_pool.hpp"

#include <algorithm>

namespace millrace::server {

answer_reader::answer_reader(const routing::label_params& asked) noexcept
    : searches_{
          search_for(asked.label, answer_note::kind::label),
          search_for(asked.score, answer_note::kind::score),
          search_for(asked.prediction, answer_note::kind::prediction)} {}

void* answer_reader::operator new(std::size_t bytes) {
    return net::allocate_frame(bytes);
}

void answer_reader::operator delete(void* reader, std::size_t bytes) noexcept {
    net::free_frame(reader, bytes);
}

answer_reader::search answer_reader::search_for(
    const routing::answer_value& asked, answer_note::kind what
) const noexcept {
    search made;
    made.asked = &asked;
    made.note.says = what;
    if (!asked.pointer.empty()) {
        made.note.is_json = true;
        made.scanner.emplace(asked.pointer, asked.bytes_max);
    }
    return made;
}

void answer_reader::search::take_field(std::string_view value) noexcept {
    if (found || value.empty() || value.size() > note.chars.size()) {
        return;
    }
    std::copy(value.begin(), value.end(), note.chars.begin());
    note.bytes = static_cast<std::uint16_t>(value.size());
    found = true;
}

void answer_reader::take_head(const http::response_head& head) noexcept {
    for (auto& each : searches_) {
        if (each.asked->header.empty()) {
            continue;
        }
        for (auto const& field : head.fields) {
            if (ascii::iequals(field.name, each.asked->header)) {
                each.take_field(field.value);
            }
        }
    }
}

void answer_reader::take_body(std::string_view bytes) noexcept {
    for (auto& each : searches_) {
        if (each.scanner) {
            each.scanner->take(bytes);
        }
    }
}

void answer_reader::tell(const exchange_id& of, label_outlet& to) noexcept {
    for (auto& each : searches_) {
        if (each.asked->empty()) {
            continue;
        }
        if (each.scanner) {
            each.scanner->end();
            each.take_field(each.scanner->text());
        }
        if (!each.found) {
            to.missing();
            continue;
        }
        each.note.of = of;
        to.push(each.note);
    }
}

}  // namespace millrace::server
