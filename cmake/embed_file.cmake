file(READ "${INPUT}" bytes HEX)
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${bytes}")
string(REGEX REPLACE "(0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,)" "\\1\n" bytes "${bytes}")
file(WRITE "${OUTPUT}" "#include <string_view>\nnamespace photopsy {\nstatic constexpr unsigned char bytes[] = {\n${bytes}0};\nextern const std::string_view embedded_${NAME};\nconst std::string_view embedded_${NAME}{reinterpret_cast<const char*>(bytes), sizeof bytes - 1};\n}\n")
