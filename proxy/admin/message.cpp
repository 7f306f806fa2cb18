#include "proxy/admin/message.hpp"

#include "proxy/base/log.hpp"

namespace millrace::admin {

answer error_answer(unsigned status, std::string_view reason, std::string_view message) {
    answer made;
    made.status = status;
    made.body = R"({"error":")";
    log::append_json_escaped(made.body, message);
    made.body += R"(","reason":")";
    log::append_json_escaped(made.body, reason);
    made.body += "\"}\n";
    return made;
}

}  // namespace millrace::admin
