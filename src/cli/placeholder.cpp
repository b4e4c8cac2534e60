namespace photopsy {}
