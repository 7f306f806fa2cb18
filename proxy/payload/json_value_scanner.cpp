#include "proxy/payload/json_value_scanner.hpp"

#include "proxy/base/ascii.hpp"

namespace millrace::payload {

namespace {

constexpr bool is_blank(char c) noexcept {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

constexpr bool is_high_surrogate(std::uint32_t code) noexcept {
    return code >= 0xd800 && code < 0xdc00;
}

constexpr bool is_low_surrogate(std::uint32_t code) noexcept {
    return code >= 0xdc00 && code < 0xe000;
}

char unescaped(char c) noexcept {
    switch (c) {
        case 'b':
            return '\b';
        case 'f':
            return '\f';
        case 'n':
            return '\n';
        case 'r':
            return '\r';
        case 't':
            return '\t';
        default:
            return c;
    }
}

}  // namespace

void json_value_scanner::take(std::string_view bytes) noexcept {
    for (char const c : bytes) {
        if (done()) {
            return;
        }
        if (bytes_left_ == 0) {
            progress_ = progress::absent;
            return;
        }
        --bytes_left_;
        take(c);
    }
}

void json_value_scanner::end() noexcept {
    if (!done()) {
        progress_ = progress::absent;
    }
}

void json_value_scanner::take(char c) noexcept {
    switch (place_) {
        case place::between:
        case place::literal:
            take_between(c);
            return;
        case place::string:
            take_in_string(c);
            return;
        case place::escape:
            take_escaped(c);
            return;
        case place::hexadecimal:
            take_hexadecimal(c);
            return;
    }
}

void json_value_scanner::take_between(char c) noexcept {
    if (is_blank(c)) {
        end_literal();
        return;
    }
    switch (c) {
        case '{':
        case '[':
            open(c);
            return;
        case '}':
        case ']':
            end_literal();
            if (!done()) {
                keep(c);
                close();
            }
            return;
        case ',':
            end_literal();
            if (!done()) {
                keep(c);
                next_element();
            }
            return;
        case ':':
            keep(c);
            return;
        case '"':
            begin_string();
            return;
        default:
            if (place_ == place::between) {
                begin_value(c);
                place_ = place::literal;
            } else {
                keep(c);
            }
            return;
    }
}

void json_value_scanner::begin_string() noexcept {
    is_key_ = expects_key_;
    expects_key_ = false;
    if (is_key_) {
        key_matches_ = is_on_path();
        key_matched_ = 0;
        keep('"');
    } else {
        begin_value('"');
    }
    place_ = place::string;
}

/// A value begins with this character: is it the one, or does the way to it end here?
void json_value_scanner::begin_value(char c) noexcept {
    bool const is_container = c == '{' || c == '[';
    if (keeping_) {
        keep(c);
    } else if (depth_ == 0) {
        progress_ = is_container ? progress_ : progress::absent;
    } else if (is_next_on_path()) {
        if (path_depth_ == pointer_.size()) {
            keeping_ = true;
            keep_depth_ = depth_;
            keep(c);
        } else if (!is_container) {
            progress_ = progress::absent;
        }
    }
}

void json_value_scanner::open(char c) noexcept {
    bool const leads_on =
        !keeping_ && (depth_ == 0 || (is_next_on_path() && path_depth_ < pointer_.size()));
    begin_value(c);
    if (depth_ == depth_max) {
        progress_ = progress::absent;
        return;
    }
    auto const bit = std::uint64_t{1} << depth_;
    objects_ = c == '{' ? objects_ | bit : objects_ & ~bit;
    ++depth_;
    expects_key_ = c == '{';
    key_matches_ = false;
    if (leads_on) {
        path_depth_ = depth_;
        index_ = 0;
    }
}

void json_value_scanner::close() noexcept {
    if (depth_ == 0) {
        progress_ = progress::absent;
        return;
    }
    --depth_;
    expects_key_ = false;
    if (keeping_ && depth_ == keep_depth_) {
        progress_ = progress::found;
    } else if (depth_ < path_depth_) {
        progress_ = progress::absent;  // the way to the value is over
    }
}

void json_value_scanner::end_literal() noexcept {
    if (place_ != place::literal) {
        return;
    }
    place_ = place::between;
    if (keeping_ && depth_ == keep_depth_) {
        progress_ = progress::found;
    }
}

void json_value_scanner::next_element() noexcept {
    expects_key_ = in_object();
    if (is_on_path()) {
        key_matches_ = false;
        ++index_;
    }
}

void json_value_scanner::take_in_string(char c) noexcept {
    keep(c);
    if (c == '\\') {
        place_ = place::escape;
        return;
    }
    if (c != '"') {
        compare_key(c);
        return;
    }
    place_ = place::between;
    if (is_key_) {
        key_matches_ = key_matches_ && key_matched_ == pointer_[path_depth_ - 1].size();
    } else if (keeping_ && depth_ == keep_depth_ && !done()) {
        progress_ = progress::found;
    }
}

void json_value_scanner::take_escaped(char c) noexcept {
    keep(c);
    if (c == 'u') {
        place_ = place::hexadecimal;
        code_ = 0;
        code_digits_ = 0;
        return;
    }
    compare_key(unescaped(c));
    place_ = place::string;
}

void json_value_scanner::take_hexadecimal(char c) noexcept {
    keep(c);
    auto const digit = ascii::hex_value(c);
    if (digit < 0) {
        progress_ = progress::absent;
        return;
    }
    code_ = code_ << 4U | static_cast<std::uint32_t>(digit);
    if (++code_digits_ == 4) {
        compare_code_point(code_);
        place_ = place::string;
    }
}

void json_value_scanner::compare_code_point(std::uint32_t code) noexcept {
    if (is_high_surrogate(code)) {
        high_surrogate_ = code;
        return;
    }
    if (is_low_surrogate(code)) {
        code = 0x10000 + ((high_surrogate_ - 0xd800) << 10U) + (code - 0xdc00);
    }
    auto const add = [this](std::uint32_t byte) { compare_key(static_cast<char>(byte)); };
    auto const add_rest = [&add, code](unsigned bits) { add(0x80U | (code >> bits & 0x3fU)); };
    if (code < 0x80) {
        add(code);
    } else if (code < 0x800) {
        add(0xc0U | code >> 6U);
        add_rest(0);
    } else if (code < 0x10000) {
        add(0xe0U | code >> 12U);
        add_rest(6);
        add_rest(0);
    } else {
        add(0xf0U | (code >> 18U & 0x07U));
        add_rest(12);
        add_rest(6);
        add_rest(0);
    }
}

void json_value_scanner::compare_key(char c) noexcept {
    if (!is_key_ || !key_matches_) {
        return;
    }
    auto const& wanted = pointer_[path_depth_ - 1];
    key_matches_ = key_matched_ < wanted.size() && wanted[key_matched_] == c;
    ++key_matched_;
}

void json_value_scanner::keep(char c) noexcept {
    if (!keeping_) {
        return;
    }
    if (value_bytes_ == value_bytes_max) {
        progress_ = progress::absent;
        return;
    }
    value_[value_bytes_++] = c;
}

bool json_value_scanner::in_object() const noexcept {
    return depth_ != 0 && (objects_ >> (depth_ - 1) & 1U) != 0;
}

bool json_value_scanner::is_on_path() const noexcept {
    return depth_ != 0 && depth_ == path_depth_ && !keeping_;
}

bool json_value_scanner::is_next_on_path() const noexcept {
    if (!is_on_path()) {
        return false;
    }
    return in_object() ? key_matches_ : ascii::parse_decimal(pointer_[path_depth_ - 1]) == index_;
}

}  // namespace millrace::payload
