#include "proxy/http/h1_fields.hpp"

#include "proxy/base/ascii.hpp"
#include "proxy/http/characters.hpp"
#include "proxy/http/field_names.hpp"

#include <algorithm>

namespace millrace::http::detail {

namespace {

/// "close", "keep-alive", "upgrade", "te" and names of fields; all members are taken together,
/// however many Connection fields there are.
void note_connection(std::string_view value, message_facts& facts) noexcept {
    facts.has_connection = true;
    ascii::for_each_element(value, [&facts](std::string_view option) {
        if (ascii::iequals(option, "close")) {
            facts.says_close = true;
        } else if (ascii::iequals(option, "keep-alive")) {
            facts.says_keep_alive = true;
        } else if (ascii::iequals(option, "upgrade")) {
            facts.says_upgrade = true;
        } else if (!ascii::iequals(option, "te")) {
            facts.lists_fields = true;
        }
        return true;
    });
}

void note_te(std::string_view value, message_facts& facts) noexcept {
    ascii::for_each_element(value, [&facts](std::string_view coding) {
        facts.accepts_trailers = facts.accepts_trailers || ascii::iequals(coding, "trailers");
        return true;
    });
}

void note_expect(std::string_view value, message_facts& facts) noexcept {
    if (ascii::iequals(value, "100-continue")) {
        facts.expects_continue = true;
    } else {
        facts.expects_other = true;
    }
}

void note_keep_alive(std::string_view value, message_facts& facts) noexcept {
    static constexpr std::string_view timeout = "timeout=";
    ascii::for_each_element(value, [&facts](std::string_view parameter) {
        if (parameter.size() > timeout.size() &&
            ascii::iequals(parameter.substr(0, timeout.size()), timeout)) {
            if (auto const seconds = ascii::parse_decimal(parameter.substr(timeout.size()))) {
                facts.idle_timeout = std::chrono::seconds{
                    static_cast<int>(std::min<std::uint64_t>(*seconds, 86'400))};
            }
        }
        return true;
    });
}

/// Files a field: end to end, or about this message and this connection.
void note_field(const field& parsed, std::vector<field>& out, message_facts& facts) {
    if (parsed.id == field_id::other) {  // most, so first
        out.push_back(parsed);
        return;
    }
    if (parsed.id == field_id::host) {
        facts.host = parsed.value;
        ++facts.host_count;
    } else if (parsed.id == field_id::content_length) {
        facts.content_length = parsed.value;
        ++facts.content_length_count;
    } else if (parsed.id == field_id::transfer_encoding) {
        facts.transfer_encoding = parsed.value;
        ++facts.transfer_encoding_count;
    } else if (parsed.id == field_id::connection) {
        note_connection(parsed.value, facts);
        out.push_back(parsed);  // until drop_listed_fields has read it
    } else if (parsed.id == field_id::te) {
        note_te(parsed.value, facts);
    } else if (parsed.id == field_id::expect) {
        note_expect(parsed.value, facts);
    } else if (parsed.id == field_id::upgrade) {
        facts.upgrade = parsed.value;
    } else if (parsed.id == field_id::keep_alive) {
        note_keep_alive(parsed.value, facts);
    } else if (!is_connection_specific(parsed.id)) {
        out.push_back(parsed);
    }
}

bool is_listed(std::string_view name, const std::vector<field>& fields) {
    return std::any_of(fields.begin(), fields.end(), [name](const field& candidate) {
        return candidate.id == field_id::connection &&
               !ascii::for_each_element(candidate.value, [name](std::string_view option) {
                   return !ascii::iequals(option, name);
               });
    });
}

/// Takes out Connection itself and the fields that it names.
void drop_listed_fields(std::vector<field>& fields, const message_facts& facts) {
    if (facts.lists_fields) {
        std::vector<std::string_view> listed;
        for (auto const& candidate : fields) {
            if (!is_protected_from_connection(candidate.id) && is_listed(candidate.name, fields)) {
                listed.push_back(candidate.name);
            }
        }
        std::erase_if(fields, [&listed](const field& candidate) {
            return std::any_of(listed.begin(), listed.end(), [&candidate](std::string_view name) {
                return name.data() == candidate.name.data();
            });
        });
    }
    std::erase_if(fields, [](const field& candidate) {
        return candidate.id == field_id::connection;
    });
}

/// One field line without its end. OWS around the value is taken off.
fields_outcome parse_field(cursor& from, field& out) {
    auto const* const name_end = find_not_token(from.at, from.end);
    if (name_end == from.end) {
        return {line_state::need_more};
    }
    if (*name_end != ':' || name_end == from.at) {
        return {line_state::failed, *name_end == '\n' ? errc::bad_line_ending : errc::bad_field};
    }
    auto const* value_end = find_control(name_end + 1, from.end);
    if (value_end == from.end) {
        return {line_state::need_more};
    }
    if (*value_end != '\r') {
        return {line_state::failed, *value_end == '\n' ? errc::bad_line_ending : errc::bad_field};
    }
    out.name = {from.at, name_end};
    out.value = ascii::trimmed({name_end + 1, value_end});
    out.id = field_id_of(out.name);
    out.canonical = name_end[1] == ' ' && out.value.data() == name_end + 2 &&
                    out.value.data() + out.value.size() == value_end;
    from.at = value_end;
    return {line_state::complete};
}

}  // namespace

line_state skip_line_end(cursor& from) noexcept {
    if (from.left() < 2) {
        return from.left() == 0 || *from.at == '\r' ? line_state::need_more : line_state::failed;
    }
    if (from.at[0] != '\r' || from.at[1] != '\n') {
        return line_state::failed;
    }
    from.at += 2;
    return line_state::complete;
}

namespace {

fields_outcome end_line(cursor& from) noexcept {
    auto const ended = skip_line_end(from);
    return {ended, ended == line_state::failed ? errc::bad_line_ending : errc::ok};
}

/// The empty line.
fields_outcome end_section(cursor& from, std::vector<field>& out, const message_facts& facts) {
    auto const ended = end_line(from);
    if (ended.state == line_state::complete && facts.has_connection) {
        drop_listed_fields(out, facts);
    }
    return ended;
}

}  // namespace

fields_outcome parse_fields(
    cursor& from, std::size_t fields_max, std::vector<field>& out, message_facts& facts
) {
    for (std::size_t count = 0;; ++count) {
        if (from.left() == 0) {
            return {line_state::need_more};
        }
        if (*from.at == '\r') {
            return end_section(from, out, facts);
        }
        if (count == fields_max) {
            return {line_state::failed, errc::too_many_fields};
        }
        field parsed;
        if (auto const line = parse_field(from, parsed); line.state != line_state::complete) {
            return line;
        }
        if (auto const ended = end_line(from); ended.state != line_state::complete) {
            return ended;
        }
        note_field(parsed, out, facts);
    }
}

std::optional<std::uint64_t> plain_length(const message_facts& facts) noexcept {
    if (facts.content_length_count != 1) {
        return std::nullopt;
    }
    auto const bytes = ascii::parse_decimal(facts.content_length);
    return bytes && *bytes <= INT64_MAX ? bytes : std::nullopt;
}

bool is_plain_chunked(const message_facts& facts) noexcept {
    return facts.transfer_encoding_count == 1 && ascii::iequals(facts.transfer_encoding, "chunked");
}

}  // namespace millrace::http::detail
