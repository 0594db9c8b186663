/** Usual reasons for returning a photo, offered as one press each; the words come from the messages. */
export const RETURN_REASONS = ['wrong_spot', 'not_rectified', 'blurred', 'different_angle', 'screen_photo', 'wrong_subject'] as const;
export type ReturnReason = (typeof RETURN_REASONS)[number];
