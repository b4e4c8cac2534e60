#include "photopsy.h"

int main() { return 0; }
