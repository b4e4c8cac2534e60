# What a release build is hardened with; tests/house/hardening.py looks at the binary. Everyday builds have checks of their own (sanitizers).
set(photopsy_hardening_compile -fstack-protector-strong -D_FORTIFY_SOURCE=2 -D_GLIBCXX_ASSERTIONS -fstack-clash-protection -fPIE)
if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64|i.86")
  list(APPEND photopsy_hardening_compile -fcf-protection)
elseif(CMAKE_SYSTEM_PROCESSOR MATCHES "aarch64|arm64")
  list(APPEND photopsy_hardening_compile -mbranch-protection=standard)
endif()
if(WIN32)
  # The address space is laid out at random there by flags of the file, which this compiler sets by itself; control flow is protected by the system.
  list(REMOVE_ITEM photopsy_hardening_compile -fPIE -fcf-protection -mbranch-protection=standard -fstack-clash-protection)
  set(photopsy_hardening_link LINKER:--dynamicbase,--nxcompat,--high-entropy-va -fstack-protector-strong)  # the last brings the functions of the checks
elseif(APPLE)
  # Its compiler and linker harden by themselves what these would ask for.
  list(REMOVE_ITEM photopsy_hardening_compile -fPIE -fcf-protection -mbranch-protection=standard -fstack-clash-protection)
  set(photopsy_hardening_link)
else()
  set(photopsy_hardening_link LINKER:-z,relro,-z,now $<IF:$<BOOL:${PHOTOPSY_STATIC}>,-static-pie,-pie>)
endif()
set(photopsy_is_released $<CONFIG:Release,RelWithDebInfo,MinSizeRel,None>)  # None: a package, whose builder gives his own flags beside these
if(NOT PHOTOPSY_SANITIZE AND NOT CMAKE_SYSTEM_PROCESSOR STREQUAL "wasm32")  # a module has the walls of what runs it
  add_compile_options("$<${photopsy_is_released}:${photopsy_hardening_compile}>")
  if(PHOTOPSY_STATIC)
    add_compile_options("$<$<COMPILE_LANGUAGE:CXX>:SHELL:-include \"${CMAKE_CURRENT_LIST_DIR}/brief_assertions.h\">")
  endif()
  add_link_options("$<$<AND:${photopsy_is_released},$<STREQUAL:$<TARGET_PROPERTY:TYPE>,EXECUTABLE>>:${photopsy_hardening_link}>")
endif()
